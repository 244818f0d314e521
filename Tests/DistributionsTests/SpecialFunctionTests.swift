import Distributions
import Foundation
import Testing

@Suite("Functions of distributions")
struct SpecialFunctionTests {
    @Test(
        "ln Γ and its derivative are SciPy's gammaln and digamma",
        arguments: [
            (0.001, 6.907178885383853, -1000.5755719318103), (0.1, 2.252712651734206, -10.423754940411076), (0.5, 0.5723649429247, -1.9635100260214235),
            (1, 0.0, -0.5772156649015329), (2.5, 0.2846828704729192, 0.7031566406452432), (9.99, 12.779315214350195, 2.250700372831201),
            (10, 12.801827480081469, 2.251752589066721), (50, 144.56574394634487, 3.9019896734278925),
            (100000.0, 1051287.7089736569, 11.512920464961896), (10000000.0, 151180949.36947393, 16.11809560095832),
        ] as [(Double, Double, Double)])
    func gamma(x: Double, logarithm: Double, derivative: Double) {
        #expect(abs(logGamma(x) - logarithm) < 2e-14 * max(1, abs(logarithm)))
        #expect(abs(digamma(x) - derivative) < 2e-14 * max(1, abs(derivative)))
    }

    @Test("softplus and the sigmoid are those of libm, far from 0 too, and NaN stays NaN")
    func softplusAndSigmoid() {
        for x in stride(from: -40.0, through: 40, by: 0.37) {
            let wanted = x < 0 ? log1p(exp(x)) : x + log1p(exp(-x))
            #expect(abs(softplus(x) - wanted) < 1e-14 * wanted, "\(x)")
            #expect(abs(sigmoid(x) - 1 / (1 + exp(-x))) < 1e-14 * sigmoid(x), "\(x)")
        }
        #expect(softplus(-1e30) == 0 && softplus(1e30) == 1e30 && sigmoid(-1e30) == 0 && sigmoid(1e30) == 1)
        #expect(softplus(.nan).isNaN && sigmoid(.nan).isNaN && logGamma(.nan).isNaN && digamma(.nan).isNaN && normalDistribution(.nan).isNaN)
    }

    @Test("the normal distribution is libm's erfc, and its quantiles are its inverse")
    func normal() {
        for z in stride(from: -9.0, through: 9, by: 0.1) { #expect(abs(normalDistribution(z) - erfc(-z / 2.0.squareRoot()) / 2) < 1e-15, "\(z)") }
        for level in [0.5, 0.5001, 0.6, 0.9, 0.975, 0.9995] {
            #expect(abs(normalDistribution(upperNormalQuantile(level)) - level) < 1e-14)
        }
        // SciPy's norm.ppf.
        #expect(abs(upperNormalQuantile(0.975) - 1.959963984540054) < 1e-13)
    }

    @Test(
        "the incomplete beta function is SciPy's betainc",
        arguments: [
            (0.1, 0.5, 0.5, 0.2048327646991334), (0.9, 0.5, 0.5, 0.7951672353008665), (0.3, 2, 5, 0.579825), (0.7, 30, 0.5, 4.077210994660554e-06),
            (0.999, 1000, 0.5, 0.15724727426672383),
        ] as [(Double, Double, Double, Double)])
    func beta(x: Double, a: Double, b: Double, wanted: Double) {
        #expect(abs(incompleteBeta(x, a, b) - wanted) < 1e-11 * max(1e-3, wanted))
        #expect(incompleteBeta(0, a, b) == 0 && incompleteBeta(1, a, b) == 1)
    }
}
