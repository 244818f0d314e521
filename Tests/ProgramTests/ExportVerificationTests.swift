import Foundation
import PythonEnvironment
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("export --verify")
    struct ExportVerificationTests {
        private func trained(_ work: Work) throws -> Folder {
            let folder = try Folder()
            try work.prepare(in: folder)
            let result = try folder.train(work, "training.steps=6")
            try #require(result.exitCode == 0, "\(result)")
            return folder
        }

        private func export(_ format: String, to output: String, python: String, in folder: Folder) throws -> ProgramResult {
            try folder.run(.alone, "export", "run", "--format", format, "--output", output, "--verify", "--python", python)
        }

        /// Writes a Python that first runs the shell commands `lines`.
        private func writePython(_ lines: String, _ python: String, in folder: Folder) throws {
            try folder.write("#!/bin/sh\n\(lines)\nexec '\(python)' \"$@\"\n", "bin/python")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path("bin/python"))
        }

        @Test(
            "the largest difference is printed, in each format, and Python leaves no files in the export",
            .enabled(if: Python.withLibraries != nil, Comment(rawValue: Python.missing)),
            arguments: zip(ExportTests.formats, [Work.embedding, .windows, .reber, .series]))
        func verified(format: ExportTests.Format, work: Work) throws {
            let folder = try trained(work)
            defer { folder.remove() }
            let result = try export(format.name, to: "out", python: try #require(Python.withLibraries), in: folder)
            #expect(result.exitCode == 0 && result.errorOutput.isEmpty, "\(result)")
            let words = /verified    largest difference (\S+) over 8 sequences of \d+ to \d+ steps; at most 1e-05 is right/
            let verdict = try #require(result.output.split(separator: "\n").last?.wholeMatch(of: words), "\(result)")
            #expect(try #require(Double(verdict.1)) <= 1e-5)
            #expect(!folder.names(in: "out").contains("__pycache__"))
        }

        @Test(
            "an export whose weights were changed exits with 70, and prints the difference",
            .enabled(if: Python.withLibraries != nil, Comment(rawValue: Python.missing)), arguments: ExportTests.formats)
        func changedWeights(format: ExportTests.Format) throws {
            let folder = try trained(.series)
            defer { folder.remove() }
            let python = try #require(Python.withLibraries)
            #expect(try folder.run(.alone, "export", "run", "--format", format.name, "--output", "out").exitCode == 0)
            // A valid file with another run's weights.
            try folder.train(.series, "training.steps=6", "training.seed=2", into: "other")
            #expect(try folder.run(.alone, "export", "other", "--format", format.name, "--output", "theirs").exitCode == 0)
            try folder.write(folder.bytes("theirs/" + format.weightsFile), "changed")
            try writePython("cp '\(folder.path("changed"))' \(format.weightsFile)", python, in: folder)
            let result = try export(format.name, to: "out", python: "bin/python", in: folder)
            #expect(result.exitCode == 70 && result.errorOutput.hasPrefix("the export in \(folder.path("out")) doesn't verify:\n"), "\(result)")
            #expect(result.errorOutput.contains("largest difference"), "\(result)")
        }

        @Test(
            "a missing Python, or one without the library, gives a suggestion and exits with 71, and the export is complete",
            .enabled(if: Python.hasPlain, "no Python"))
        func noPython() throws {
            let folder = try trained(.reber)
            defer { folder.remove() }
            let none = try export("npz", to: "a", python: "no/such/python", in: folder)
            #expect(none.exitCode == 71 && none.errorOutput.contains("'no/such/python' can't be started: "), "\(none)")
            #expect(none.errorOutput.hasSuffix("The export itself is complete.\n"), "\(none)")
            try folder.write("#!/bin/sh\nexec '\(Python.plain)' -S \"$@\"\n", "bare")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path("bare"))
            let bare = try export("npz", to: "b", python: "./bare", in: folder)
            #expect(bare.exitCode == 71 && bare.errorOutput.contains("has no numpy. Install it: ./bare -m pip install numpy."), "\(bare)")
            let named = try folder.run(
                .alone, ["export", "run", "--format", "npz", "--output", "c", "--verify"], environment: ["LSTM_TRAIN_PYTHON": folder.path("bare")])
            #expect(named.exitCode == 71 && named.errorOutput.contains("'\(folder.path("bare"))' has no numpy."), "\(named)")
            for name in ["a", "b", "c"] { #expect(folder.exists("\(name)/export.json") && folder.exists("\(name)/model.npz")) }
        }
    }
}
