import Foundation
import Kernels
import Layers
import Models
import ReferenceModel
import Testing

@Suite("What a layer's gates and states were")
struct TraceTests {
    @Test(
        "is the reference's, for each layer and sequence up to its own length, with gates fused and split",
        arguments: [1, 7, laneCount, laneCount + 1, 33].flatMap { hidden in ReferenceModel.Cell.allCases.filter { $0.isUsual || hidden == laneCount + 1 }.map { (hidden, $0) } }, GateMode.allCases)
    func reference(sizes: (hidden: Int, cell: ReferenceModel.Cell), gates: GateMode) throws {
        let (hidden, cell) = sizes
        for inputLayer in [ReferenceModel.InputLayer.oneHot(vocabulary: 6), .embedding(vocabulary: 5, width: 3), .vectors(width: 2), .vectors(width: 19)] {
            let example = Example(cell: cell, inputLayer: inputLayer, hidden: hidden, layers: 2, lengths: [4, 1, 6], seed: UInt64(hidden))
            let model = try example.model()
            let sequences = example.sequences()
            let network = Setting(threads: 2, gates: gates).network(example.shape)
            let parameters = model.flatParameters(network.layout)
            network.load(parameters.view)
            network.forward(sequences.batch())
            for (sequence, length) in example.lengths.enumerated() {
                for layer in 0..<2 {
                    let found = network.trace(layer: layer, sequence: sequence, length: length)
                    let wanted = try model.gateTrace(sequences.input, sequence: sequence, layer: layer)
                    #expect(found.timeCount == length && found.unitCount == hidden)
                    #expect(found.gates.count == wanted.gates.count)
                    let pairs = Array(zip(found.gates + [found.cells, found.hiddens], wanted.gates + [wanted.cells, wanted.hiddens]))
                    for (place, pair) in pairs.enumerated() {
                        // As near as outputs and gradients are: float32 against Double.
                        #expect(relativeDifference(pair.0, pair.1.flatMap { $0 }) < 2e-5, "list \(place) of \(example), layer \(layer), sequence \(sequence)")
                    }
                }
            }
        }
    }

    @Test("the gates of layers with normalisation or a projection give their cells' outputs; an sLSTM's are the shares of old and new in C/n", arguments: GateMode.allCases)
    func otherForms(gates: GateMode) throws {
        let (projected, normalized, scalar) = (17, 9, 18)
        var layers = [RecurrentDescription(cell: .lstm, hidden: projected), RecurrentDescription(cell: .lstm, hidden: normalized), RecurrentDescription(cell: .slstm, hidden: scalar)]
        (layers[0].projection, layers[1].layerNorm) = (4, .products)
        let list = LayerList(name: "three forms", input: .numbers(width: 3), layers: layers.map { .recurrent($0) })
        let network = Setting(threads: 2, gates: gates).network(list.shape)
        let memory = FloatMemory(count: network.layout.count)
        memory.view.copy(list.parameters)
        network.load(memory.view)
        network.forward(list.batch())
        for (place, layer) in layers.enumerated() {
            let trace = network.trace(layer: place, sequence: 2, length: 7)
            #expect(trace.gates.count == 4 && trace.unitCount == layer.hidden && trace.hiddens.count == 7 * layer.hidden)
            if layer.cell == .slstm {
                #expect(zip(trace.gates[0], trace.gates[1]).allSatisfy { abs($0 + $1 - 1) < 1e-6 })
                #expect(trace.gates[1].prefix(scalar).allSatisfy { $0 == 0 } && trace.gates[1].dropFirst(scalar).allSatisfy { $0 > 0 && $0 < 1 })
                let cells = trace.cells.indices.map { place in
                    let old = place < scalar ? 0 : Double(trace.gates[1][place]) * Double(trace.cells[place - scalar])
                    return old + Double(trace.gates[0][place]) * Double(trace.gates[2][place])
                }
                #expect(relativeDifference(trace.cells, cells) < 1e-6)
                #expect(relativeDifference(trace.hiddens, zip(trace.gates[3], trace.cells).map { Double($0) * Double($1) }) < 1e-6)
            } else {
                let wanted = zip(trace.gates[3], trace.cells).map { Double($0) * tanh(Double($1)) }
                #expect(relativeDifference(trace.hiddens, wanted) < 1e-6)
            }
        }
    }

    @Test("one unit's values are its column")
    func unit() throws {
        let example = Example(inputLayer: .vectors(width: 2), hidden: 5, lengths: [3], seed: 4)
        let network = Setting().network(example.shape)
        let parameters = try example.model().flatParameters(network.layout)
        network.load(parameters.view)
        network.forward(example.sequences().batch())
        let trace = network.trace(layer: 0, sequence: 0, length: 3)
        #expect(trace.values(ofUnit: 4, in: trace.cells) == [trace.cells[4], trace.cells[9], trace.cells[14]])
    }
}
