import ReferenceModel
import Testing

@Suite("The reference's Adam and clipping")
struct OptimizerTests {
    @Test("Adam's first step moves each parameter by the rate against the gradient's sign, whatever its size")
    func firstStepIsTheRate() throws {
        var parameters = ["a": [1.0, 2, 3], "b": [4.0]]
        var adam = ReferenceAdam(learningRate: 0.125)
        try adam.update(&parameters, with: ["a": [1000, -0.01, 0], "b": [-7]])
        #expect(adam.stepCount == 1)
        #expect(largestDifference(try #require(parameters["a"]), [0.875, 2.125, 3]) < 1e-6)
        #expect(largestDifference(try #require(parameters["b"]), [4.125]) < 1e-6)
    }

    @Test("Adam refuses a gradient that is missing or of another size, and moves nothing then")
    func refusesForeignGradient() {
        var parameters = ["a": [1.0, 2], "b": [3.0]]
        var adam = ReferenceAdam(learningRate: 0.1)
        #expect(throws: ReferenceError.gradientMissing(name: "b", count: 1)) { try adam.update(&parameters, with: ["a": [1, 1]]) }
        #expect(throws: ReferenceError.gradientMissing(name: "a", count: 2)) { try adam.update(&parameters, with: ["a": [1], "b": [1]]) }
        #expect(parameters == ["a": [1, 2], "b": [3]])
        #expect(adam.stepCount == 0)
    }

    @Test("Clipping takes one norm over all gradients, keeps smaller ones to the bit, and brings larger ones to the maximum")
    func clipsByGlobalNorm() throws {
        var gradients = ["a": [3.0], "b": [0, 4.0]]
        #expect(ReferenceClipping.clip(&gradients, toNorm: 5.001) == 5)
        #expect(gradients == ["a": [3], "b": [0, 4]])
        #expect(ReferenceClipping.clip(&gradients, toNorm: 1, epsilon: 0) == 5)
        #expect(largestDifference(try #require(gradients["a"]), [0.6]) < 1e-15)
        #expect(largestDifference(try #require(gradients["b"]), [0, 0.8]) < 1e-15)
    }
}
