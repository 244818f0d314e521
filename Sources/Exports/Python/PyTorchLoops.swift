import Layers
import Models

// Recurrent layers that torch.nn doesn't have, in `model.py` for PyTorch: a module with a loop over the time steps for each cell.
extension PythonModule {
    /// Those of the model, each cell once.
    var pytorchLoops: [String] {
        let cells = loopedCells
        guard !cells.isEmpty else { return [] }
        return [Self.pytorchLoop] + cells.map(pytorchLoop)
    }

    private var loopedCells: [RecurrentDescription] { differentCells.filter { CellExport($0).pytorchModule == nil } }

    /// A line that makes the layer's module.
    func pytorchLoopModule(_ layer: ExportedLayer, _ description: RecurrentDescription) -> String {
        let endings = description.isBidirectional ? ["_l0", "_l0_reverse"] : ["_l0"]
        let names = endings.flatMap { ending in description.parameterNames.map { $0 + ending } }
        let shapes = zip(names, layer.plan.parameters).map { "\($0)=\(tuple($1.shape))" }
        let widths = tuple((model.states.groups[layer.stateIndex ?? 0]).map(\.width))
        return "\(className(description))(\(widths), \(shapes.joined(separator: ", ")))"
    }

    /// "(80, 14)", "(80,)".
    private func tuple(_ numbers: [Int]) -> String { "(" + numbers.map(String.init).joined(separator: ", ") + (numbers.count == 1 ? ",)" : ")") }

    /// "LSTMPeepholes".
    private func className(_ description: RecurrentDescription) -> String {
        words(of: description).map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static let pytorchLoop = """
        class Recurrence(nn.Module):
            \"\"\"A recurrent layer in a loop over the time steps, with nn.LSTM's names of parameters; `widths` are those of the parts of a state.\"\"\"

            names: tuple[str, ...]

            def __init__(self, widths: tuple[int, ...], **shapes: tuple[int, ...]) -> None:
                super().__init__()
                self.widths = widths
                self.endings = ["_l0", "_l0_reverse"] if "weight_ih_l0_reverse" in shapes else ["_l0"]
                for name, shape in shapes.items():
                    self.register_parameter(name, nn.Parameter(torch.zeros(shape)))

            def forward(self, x: Tensor, state, lengths: Tensor):
                \"\"\"The outputs [batch, time, width] over x, of both directions side by side, and the state at each sequence's end.\"\"\"
                if state is None:
                    state = [x.new_zeros(len(self.endings), len(x), width) for width in self.widths]
                elif len(self.widths) == 1:
                    state = [state]
                t = torch.arange(x.shape[1], device=x.device)
                own = t < lengths[:, None]
                # Each sequence's own time steps in the opposite order.
                backward = (torch.arange(len(x), device=x.device)[:, None], torch.where(own, lengths[:, None] - 1 - t, t))
                outputs, after = [], []
                for direction, ending in enumerate(self.endings):
                    parameters = [getattr(self, name + ending) for name in self.names]
                    y, *ends = self.run(x[backward] if direction else x, lengths, *[part[direction] for part in state], *parameters)
                    outputs.append(y[backward] if direction else y)
                    after.append(ends)
                state = tuple(torch.stack(parts) for parts in zip(*after))
                return torch.cat(outputs, dim=2), state if len(self.widths) > 1 else state[0]
        """

    private func pytorchLoop(_ description: RecurrentDescription) -> String {
        let names = description.parameterNames
        let states = CellExport(description).stateNames
        let torch = ArrayLibrary.torch
        return """
            class \(className(description))(Recurrence):
                names = (\(names.map { "\"\($0)\"" }.joined(separator: ", ")))

                def run(self, x, lengths, \((states + names).joined(separator: ", "))):
                    products = x @ weight_ih.T
                    \(torch(description.loopBeginning).joined(separator: "\n        "))
                    outputs = []
                    for t in range(x.shape[1]):
                        \(torch(description.loopStep).joined(separator: "\n            "))
                        outputs.append(h)
                    return torch.stack(outputs, dim=1), \(states.joined(separator: ", "))
            """
    }
}
