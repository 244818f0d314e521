import Batches
import Kernels
import Layers
import Models
import ReferenceModel
import Threads
import Testing

@Suite("Bits and builds")
struct HashTests {
    /// Of outputs, gradient and final states of each of `bitExamples`, whatever the processor, vector width and number of threads.
    static let wanted: [ReferenceModel.Cell: [UInt64]] = [
        .lstm: [
            1967030106451654021, 5267706384579681666, 16624736881332698529, 434848252259636121, 5855650925143453357, 675595572716396228,
            1713492200640410308, 4207078964007642253,
        ],
        .gru: [
            14991743119055158705, 8719984375252041517, 8865778024442216011, 2786247489035810298, 16758202025712821522, 12431059740242008106,
            7564072278477861842, 18131510546603440096,
        ],
        .rnn: [
            2916598117106356743, 14014948013393306247, 5333554915953926226, 12157388202064676520, 3175438857171243026, 4928632529311090663,
            8196024277849000898, 3097435217551296331,
        ],
        .gruBefore: [
            17343885115546811116, 3852509834119608694, 4829953067190910042, 14893878255567085069, 14504363391066719824, 15692252649379019442,
            13585803437835587328, 5917981244941179596,
        ],
        .rnnRelu: [
            10198532921553181122, 2108503919866830010, 6315553462624757, 16386558859509018288, 7035745820637233555, 8683471151824578510,
            442018252637100593, 9135033609090996070,
        ],
    ]
    static let wantedOfBFloat16: [ReferenceModel.Cell: [UInt64]] = [
        .lstm: [
            385241615785975194, 13425178728898038428, 6240565058599050419, 14127672243341878206, 10667862866066048169, 4810441248029101713,
            17186250296174106239, 17137807699343957052,
        ],
        .gru: [
            9551500439397258176, 912718030789439478, 3622436160320259580, 7604852809720041038, 13381284888661662755, 8778828323616501718,
            5816921806220357284, 2844781515470677015,
        ],
        .rnn: [
            13748524348441787041, 10789732833678826438, 1207034465286293874, 1510255977843999792, 14017465047389095283, 17700095189701081642,
            10202218359510868226, 9711912386627703873,
        ],
        .gruBefore: [
            6765486158878583121, 2015371240653299597, 5824417384256747098, 3558585114244161471, 8721491706907052225, 10824946174065286114,
            13548073139762096828, 610651918366436174,
        ],
        .rnnRelu: [
            10645628922575833560, 15814491282561401446, 7310870588599125693, 17254985898648699944, 4970846655387960406, 12248357724329691855,
            6704727778485429613, 12630343518392036935,
        ],
    ]
    /// Of gradients most of which underflow.
    static let wantedTinyGradients: [Precision: UInt64] = [.float32: 7207058271212346048, .bfloat16: 16053466324314793954]
    /// Of initial values, PyTorch's and Keras's.
    static let wantedInitialValues: [UInt64] = [16958098045011266081, 11617391085332333357]

    @Test("A training step has the bits stored here, on every build", arguments: ReferenceModel.Cell.allCases)
    func steps(cell: ReferenceModel.Cell) throws {
        let found = try bitExamples(of: cell).map { try $0.pass(Setting(threads: 2, gates: .split, shardCount: 3, embedding: .byToken)).bits.hash }
        #expect(found == Self.wanted[cell])
    }

    @Test("So has a step in bfloat16, with the processor's instruction or the code that stands for it", arguments: ReferenceModel.Cell.allCases)
    func bfloat16Steps(cell: ReferenceModel.Cell) throws {
        let found = try bitExamples(of: cell).map {
            try $0.pass(Setting(threads: 2, precision: .bfloat16, gates: .split, shardCount: 3, embedding: .byToken)).bits.hash
        }
        #expect(found == Self.wantedOfBFloat16[cell])
    }

    @Test("So has a step whose gradients underflow", arguments: Precision.all)
    func tinySteps(precision: Precision) throws {
        let found = try (1...15).flatMap { seed in
            let example = Example(
                inputLayer: .vectors(width: 3), hidden: 5, layers: 2, lengths: [9, 2, 14, 5, 11, 3, 14, 8], seed: UInt64(seed))
            return try example.tinyPass(Setting(threads: 2, precision: precision), divisor: 1 << 60, plan: ShardPlan(shardCount: 8, rankCount: 1)).gradient
        }
        #expect(Bits(found).hash == Self.wantedTinyGradients[precision])
    }

    @Test("Initial values have the bits stored here, on every build")
    func initialValues() {
        let found = [ModelDescription.Initialization.pyTorch, .keras].map { initialization in
            let shape = ModelDescription(
                input: .embedding(vocabularyCount: 31, width: 9), hidden: 21, layerCount: 2, outputs: 13, head: .everyStep, loss: .crossEntropy,
                initialization: initialization)
            let memory = FloatMemory(count: ParameterLayout(shape).count)
            shape.initialize(memory.view, seed: 11)
            return Bits(memory.view.array()).hash
        }
        #expect(found == Self.wantedInitialValues)
    }
}
