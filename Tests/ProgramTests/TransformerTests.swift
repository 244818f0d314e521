import Testing

extension ProgramTests {
    @Suite("transformers")
    struct TransformerTests {
        /// A model without a state reads the last `data.length` symbols again for each new one; one with a context reads symbol by symbol.
        @Test("a text is generated, evaluated and reported, and exported, but for Keras, which is refused by the layer's name", arguments: [Work.transformers, .blocks])
        func uses(work: Work) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            let trained = try folder.train(work)
            try #require(trained.exitCode == 0, "\(trained)")
            let text = try folder.run(.alone, "generate", "run", "--length", "40", "--temperature", "0", "--prompt", "the cat sat on")
            #expect(text.exitCode == 0 && text.output.contains("the cat sat on"), "\(text)")
            for verb in ["evaluate", "report"] {
                let result = try folder.run(.alone, verb, "run")
                #expect(result.exitCode == 0, "\(result)")
            }
            for format in ["pytorch", "onnx", "npz"] {
                let export = try folder.run(.alone, "export", "run", "--format", format, "--output", format)
                #expect(export.exitCode == 0 && export.errorOutput.isEmpty, "\(export)")
            }
            let refused = try folder.run(.alone, "export", "run", "--format", "keras", "--output", "out")
            #expect(refused.exitCode == 78 && refused.errorOutput.contains("--format keras has no layer like layer 1 (transformer, 3 heads"), "\(refused)")
            #expect(!folder.exists("out"))
            let gates = try folder.run(.alone, "gates", "run", "--text", "the")
            #expect(gates.exitCode == 64 && "\(gates)".contains("no recurrent layer"), "\(gates)")
        }
    }
}
