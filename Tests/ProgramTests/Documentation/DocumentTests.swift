import Testing

/// Tests of the tools that compare documents with the program.
@Suite("documents and their blocks")
struct DocumentTests {
    @Test("kinds of blocks are distinguished by language, or by how they begin")
    func kinds() {
        let fences = [
            ("sh", "ls"), ("console", "$ ls"), ("", "$ ls"), ("", "mpirun -n 2 lstm-train"), ("", "launch/local 2 a.json"), ("", "i = σ(x)"), ("json", "{}"),
        ]
        let text = fences.map { "```\($0.0)\n\($0.1)\n```\n" }.joined(separator: "\n")
        let blocks = Document(name: "a", text: text).blocks
        #expect(blocks.map(\.isForShell) == [true, true, true, true, true, false, false])
        #expect(blocks.map(\.line) == [2, 6, 10, 14, 18, 22, 26])
    }

    @Test("a comment before a block names its file, or the reason for not running it")
    func comments() {
        let document = Document(name: "a", text: "<!-- file: a.json -->\n```json\n{}\n```\n\n<!-- not run: needs Slurm -->\n\n```sh\nsbatch a\n```\n")
        #expect(document.faults.isEmpty)
        guard case .file(let name)? = document.blocks.first?.kind else { Issue.record("no file"); return }
        #expect(name == "a.json")
        #expect(document.blocks.last?.reason == "needs Slurm")
    }

    @Test(
        "a reason of one word, a comment without its block, an unclosed block and a note without a block are errors",
        arguments: ["<!-- not run: no -->\n```sh\nls\n```", "<!-- not run: needs Slurm -->\ntext\n```sh\nls\n```", "<!-- file: a -->", "```sh\nls"])
    func faults(_ text: String) {
        #expect(Document(name: "a", text: text).faults.count == 1)
        #expect(Document(name: "a", text: "text", notes: ["ls": "not run: a reason"]).faults.count == 1)
    }

    @Test("a note belongs to the block that begins with its key, and the longest key wins")
    func notes() {
        let notes = ["ls": "not run: any of them", "ls -l": "not run: needs a directory"]
        let blocks = Document(name: "a", text: "```sh\nls -l a\n```\n```sh\nls a\n```\n```sh\npwd\n```", notes: notes).blocks
        #expect(blocks.map(\.reason) == ["needs a directory", "any of them", nil])
    }

    @Test("times, speeds and the machine's properties may differ, the model's metrics may not")
    func exceptions() {
        let shown = ShownOutput([
            "run         runs/play", "group       2 ranks × 1 thread on core 0, core 1; 8 shards", "memory      2.25 MB at the least",
            "     51    1/2   1.9873   1.6457  45.49 %  1.00e-02    0.592     309 k   0.4 s *", "finished    102 steps in 0.8 s: 124 steps/s",
            "time        forward 14 %,", "            save 6 %", "weights     SHA-256 ab",
        ])
        func output(loss: String, hash: String) -> [String] {
            [
                "lstm-train: mpirun binds each rank to 1 of its 4 cores; give them all with --bind-to none.", "run         runs/play", "group       1 rank × 2 threads on cores 0-1; 8 shards", "saved       runs/play/checkpoints/step-00000051",
                "     51    1/2   \(loss)   1.6457  45.49 %  1.00e-02    0.592    1.20 M    12 s *",
                "    102    2/2   1.3712   1.5897  49.89 %  1.00e-02    0.268     395 k   0.0 s", "finished    102 steps in 12 s: 8.5 steps/s",
                "slowest     rank 1", "weights     SHA-256 \(hash)",
            ]
        }
        #expect(shown.difference(from: output(loss: "1.9873", hash: "ab")) == nil)
        #expect(shown.difference(from: output(loss: "1.9874", hash: "ab")) != nil)
        #expect(shown.difference(from: output(loss: "1.9873", hash: "ac")) != nil)
    }

    @Test("... stands for any number of lines, and nothing else does")
    func gaps() {
        #expect(ShownOutput(["a", "...", "d"]).difference(from: ["a", "b", "c", "d"]) == nil)
        #expect(ShownOutput(["a", "...", "d"]).difference(from: ["a", "d"]) == nil)
        #expect(ShownOutput(["a", "d"]).difference(from: ["a", "b", "d"]) != nil)
        #expect(ShownOutput(["a", "...", "d"]).difference(from: ["a", "b"]) != nil)
        #expect(ShownOutput([]).difference(from: ["a"]) != nil)
        #expect(ShownOutput(["a"]).difference(from: []) != nil)
    }

    @Test("a command's output, its exit code and the exit code seen by the next one are those of a shell")
    func commands() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let block = Document(name: "a", text: "```console\n$ printf 'a\\nb'; false\na\nb\n$ echo $?\n1\n$ echo c \\\n  d\nc d\n```").blocks[0]
        let shell = ShellCommands(block)
        let outcomes = try shell.run(in: folder)
        #expect(outcomes.map(\.output) == [["a", "b"], ["1"], ["c d"]])
        #expect(outcomes.map(\.exitCode) == [1, 0, 0])
        #expect(shell.commands.map(\.shown) == [["a", "b"], ["1"], ["c d"]])
    }
}
