import Foundation
import Testing

extension ProgramTests {
    @Suite("output files of commands")
    struct OutputTests {
        /// A folder with a run, its export, and files that no command may replace.
        private func prepared() throws -> Folder {
            let folder = try Folder()
            try Work.series.prepare(in: folder)
            try folder.train(.series, "training.steps=10")
            try folder.write("mine", "mine.html")
            try folder.write("mine", "mine.json")
            try FileManager.default.createSymbolicLink(atPath: folder.path("link.html"), withDestinationPath: "series.csv")
            try FileManager.default.createDirectory(atPath: folder.path("directory.html"), withIntermediateDirectories: true)
            _ = try command("mkfifo", folder.path("pipe.html"))
            // Only root can make a device.
            _ = try command("mknod", folder.path("device.html"), "c", "1", "3")
            return folder
        }

        /// Kinds of the files in a folder that aren't plain files, with links' targets.
        private func kinds(_ folder: Folder) throws -> [String: String] {
            let manager = FileManager.default
            return try Dictionary(uniqueKeysWithValues: manager.contentsOfDirectory(atPath: folder.url.path).map { name in
                let kind = try manager.attributesOfItem(atPath: folder.path(name))[.type] as? FileAttributeType
                return (name, (kind?.rawValue ?? "") + ((try? manager.destinationOfSymbolicLink(atPath: folder.path(name))) ?? ""))
            })
        }

        @Test(
            "report, gates, init and export reject existing files of others with 73, and change nothing",
            arguments: [
                ["report", "run"], ["gates", "run", "--row", "0"], ["init", "--task", "adding", "--force"], ["export", "run", "--format", "npz", "--force"],
            ])
        func refusals(verb: [String]) throws {
            let folder = try prepared()
            defer { folder.remove() }
            let isExport = verb[0] == "export"
            let places = [
                "mine.html", "link.html", "pipe.html", "run/config.json", "run/statistics.json", "run/metrics.jsonl", "run/lock", "run/STOP",
                "\(checkpoint(10))/manifest.json", "\(checkpoint(10))/new.html", "run/checkpoints/new.html",
            ] + (isExport ? ["run", checkpoint(10), "series.csv"] : ["directory.html"]) + (folder.exists("device.html") ? ["device.html"] : [])
            let (before, kindsBefore) = (try plainContents(folder), try kinds(folder))
            for place in places {
                let result = try folder.run(.alone, verb + ["--output", place])
                let isNameRefused = verb[0] == "gates" && !place.hasSuffix(".html")
                #expect(result.exitCode == (isNameRefused ? 64 : 73), "\(place): \(result)")
                #expect(result.errorOutput.contains(place) && result.errorOutput.contains("--output"), "\(place): \(result)")
            }
            #expect(try plainContents(folder) == before && kinds(folder) == kindsBefore)
        }

        /// Skips pipes and devices, which would never end.
        private func plainContents(_ folder: Folder) throws -> [String: [UInt8]] {
            let manager = FileManager.default
            var contents: [String: [UInt8]] = [:]
            for case let name as String in manager.enumerator(atPath: folder.url.path) ?? .init() {
                let isPlain = try manager.attributesOfItem(atPath: folder.path(name))[.type] as? FileAttributeType == .typeRegular
                contents[name] = isPlain ? try folder.bytes(name) : []
            }
            return contents
        }

        @Test("each replaces its own output, and report keeps pictures that aren't its own")
        func own() throws {
            let folder = try prepared()
            defer { folder.remove() }
            try FileManager.default.removeItem(atPath: folder.path("mine.html"))
            for verb in [
                ["report", "run"], ["report", "run", "--output", "a.html"], ["gates", "run", "--row", "0"], ["gates", "run", "--row", "0", "--output", "b.html"],
                ["init", "--task", "adding", "--force"], ["export", "run", "--format", "npz", "--output", "e"],
            ] {
                for _ in 0..<2 {
                    let result = try folder.run(.alone, verb)
                    #expect(result.exitCode == 0, "\(result)")
                }
            }
            // One command doesn't replace another's page.
            #expect(try folder.run(.alone, "report", "run", "--output", "b.html").exitCode == 73)
            #expect(try folder.run(.alone, "gates", "run", "--row", "0", "--output", "a.html").exitCode == 73)
            try folder.write("<svg/>", "c-svg/loss.svg")
            let refused = try folder.run(.alone, "report", "run", "--output", "c.html")
            #expect(refused.exitCode == 73 && refused.errorOutput.contains("c-svg/loss.svg"), "\(refused)")
            #expect(try folder.names(in: "c-svg") == ["loss.svg"] && folder.text("c-svg/loss.svg") == "<svg/>" && !folder.exists("c.html"))
        }

        @Test("a run doesn't start in a directory with another config.json, vocabulary or metrics, or with an empty name")
        func foreignDirectories() throws {
            let folder = try prepared()
            defer { folder.remove() }
            for name in ["config.json", "vocabulary.json", "statistics.json", "metrics.jsonl"] {
                try folder.write("mine", "dir/\(name)")
                for further in [[], ["--dry-run"], ["--resume", "never"]] {
                    let result = try folder.run(.alone, ["series.json", "--run-directory", "dir"] + further)
                    #expect(result.exitCode == 73 && result.errorOutput.contains("dir/\(name) is there"), "\(result)")
                }
                #expect(try folder.names(in: "dir") == [name] && folder.text("dir/\(name)") == "mine")
                try FileManager.default.removeItem(atPath: folder.path("dir/\(name)"))
            }
            for arguments in [["series.json", "--run-directory", ""], ["doctor", "series.json", "--run-directory", ""], ["series.json", "--resume", ""]] {
                let result = try folder.run(.alone, arguments)
                #expect(result.exitCode == 64 && result.errorOutput.contains("is empty"), "\(result)")
            }
        }

        @Test("a directory named STOP isn't a stop request, and keeps its contents")
        func stopDirectory() throws {
            let folder = try prepared()
            defer { folder.remove() }
            try folder.write("mine", "run/STOP/file")
            #expect(try folder.train(.series, "training.steps=20").exitCode == 0)
            #expect(try folder.text("run/STOP/file") == "mine")
        }
    }
}
