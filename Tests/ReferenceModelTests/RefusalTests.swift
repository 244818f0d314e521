import ReferenceModel
import Testing

@Suite("What the reference refuses")
struct RefusalTests {
    private func tokenModel() throws -> ReferenceModel {
        try ReferenceModel(inputLayer: .oneHot(vocabulary: 3), hidden: 2, layers: 1, outputs: 3, seed: 1)
    }

    private func vectorModel() throws -> ReferenceModel {
        try ReferenceModel(inputLayer: .vectors(width: 2), hidden: 2, layers: 1, outputs: 2, seed: 1)
    }

    @Test("Sizes below 1 and parameters that don't fit")
    func sizesAndParameters() throws {
        #expect(throws: ReferenceError.sizeBelowOne(name: "hidden", size: 0)) {
            try ReferenceModel(inputLayer: .vectors(width: 2), hidden: 0, layers: 1, outputs: 2, seed: 1)
        }
        let model = try vectorModel()
        func remade(_ change: (inout [String: [Double]]) -> Void) throws -> ReferenceModel {
            var parameters = model.parameters
            change(&parameters)
            return try ReferenceModel(inputLayer: .vectors(width: 2), hidden: 2, layers: 1, outputs: 2, parameters: parameters)
        }
        #expect(throws: ReferenceError.parameterMissing(name: "head.bias", shape: [2])) { try remade { $0["head.bias"] = nil } }
        #expect(throws: ReferenceError.parameterOfWrongSize(name: "rnn.weight_hh_l0", found: 1, shape: [8, 2])) {
            try remade { $0["rnn.weight_hh_l0"] = [1] }
        }
        #expect(throws: ReferenceError.parameterUnknown(name: "rnn.weight_ih_l1")) { try remade { $0["rnn.weight_ih_l1"] = [] } }
        var spoilt = model
        spoilt.parameters["head.weight"] = nil
        #expect(throws: ReferenceError.parameterMissing(name: "head.weight", shape: [2, 2])) {
            try spoilt.evaluate(.vectors([[[1, 2]]]), .classAtEnd([0]))
        }
    }

    @Test("Inputs that don't fit the model")
    func inputs() throws {
        let model = try tokenModel()
        #expect(throws: ReferenceError.inputOfWrongKind(modelReadsTokens: true)) { try model.evaluate(.vectors([[[1, 2, 3]]]), .classAtEnd([0])) }
        #expect(throws: ReferenceError.inputOfWrongKind(modelReadsTokens: false)) { try vectorModel().evaluate(.tokens([[1]]), .classAtEnd([0])) }
        #expect(throws: ReferenceError.sequenceEmpty(sequence: 1)) { try model.evaluate(.tokens([[1], []]), .classAtEnd([0, 0])) }
        #expect(throws: ReferenceError.tokenOutOfRange(what: "input", token: 3, sequence: 0, time: 1, bound: 3)) {
            try model.evaluate(.tokens([[1, 3]]), .classAtEnd([0]))
        }
        #expect(throws: ReferenceError.vectorOfWrongWidth(what: "input", sequence: 0, found: 1, wanted: 2)) {
            try vectorModel().evaluate(.vectors([[[1]]]), .classAtEnd([0]))
        }
    }

    @Test("Targets and states that don't fit the input")
    func targetsAndStates() throws {
        let model = try tokenModel()
        let input = ReferenceModel.Input.tokens([[1, 2]])
        #expect(throws: ReferenceError.countsDiffer(what: "targets", found: 2, wanted: 1)) { try model.evaluate(input, .classAtEnd([0, 0])) }
        #expect(throws: ReferenceError.countsDiffer(what: "target steps of sequence 0", found: 1, wanted: 2)) {
            try model.evaluate(input, .tokenEveryStep([[0]]))
        }
        #expect(throws: ReferenceError.tokenOutOfRange(what: "target", token: -2, sequence: 0, time: 0, bound: 3)) {
            try model.evaluate(input, .tokenEveryStep([[-2, 0]]))
        }
        #expect(throws: ReferenceError.vectorOfWrongWidth(what: "target", sequence: 0, found: 1, wanted: 3)) {
            try model.evaluate(input, .vectorAtEnd([[0]]))
        }
        #expect(throws: ReferenceError.nothingAsked) { try model.evaluate(input, .tokenEveryStep([[-1, -1]])) }
        #expect(throws: ReferenceError.countsDiffer(what: "layers of initial h", found: 0, wanted: 1)) {
            try model.evaluate(input, .classAtEnd([0]), from: .init(h: [], c: [[[0, 0]]]))
        }
        #expect(throws: ReferenceError.vectorOfWrongWidth(what: "initial c", sequence: 0, found: 1, wanted: 2)) {
            try model.evaluate(input, .classAtEnd([0]), from: .init(h: [[[0, 0]]], c: [[[0]]]))
        }
    }
}
