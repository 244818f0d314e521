import Layers
import Models

// `model.py` for PyTorch where layers differ: a module for each.
extension PythonModule {
    var pytorchList: String {
        let layers = model.layers
        let modules = layers.compactMap { layer in pytorchModule(layer).map { "            \($0)\n" } }.joined()
        let steps = layers.flatMap(pytorchStep).map { "        \($0)\n" }.joined()
        let places = layers.compactMap { layer in if case .recurrent = layer.kind { layer.place } else { nil } }
        return """
            def recur(layer: nn.Module, x: Tensor, state, lengths: Tensor):
                \"\"\"A recurrent layer's outputs [batch, time, width] over x, and its state at each sequence's end.\"\"\"
                packed = nn.utils.rnn.pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
                packed, state = layer(packed, state)
                return nn.utils.rnn.pad_packed_sequence(packed, batch_first=True, total_length=x.shape[1])[0], state


            class Model(nn.Module):
                def __init__(self) -> None:
                    super().__init__()
            \(pytorchEmbedding)        self.layers = nn.ModuleList([
            \(modules)        ])
                    self.head = nn.Linear(\(model.shape.topWidth), \(outputs))

                def forward(self, \(inputName): Tensor, state: State | None = None, lengths: Tensor | None = None) -> tuple[Tensor, State]:
                    \"\"\"\(callWords)\"\"\"
                    x = \(pytorchInput)
                    lengths = torch.full((x.shape[0],), x.shape[1]) if lengths is None else lengths
                    state = list(state) if state is not None else [None] * \(places.count)
            \(steps)        return self.head(x), state


            def load(path: str | Path = FOLDER / "model.safetensors") -> Model:
                \"\"\"The trained model, ready to be used. The file has a checkpoint's names: rnn.weight_ih_l1 is weight_ih_l0 of the second recurrent layer.\"\"\"
                places = \(places)  # of the recurrent layers, in `layers`
                weights = load_file(path)
                for name in list(weights):
                    if found := re.fullmatch(r"rnn\\.(\\w+)_l(\\d+)(_reverse)?", name):
                        weights[f"layers.{places[int(found[2])]}.{found[1]}_l0{found[3] or ''}"] = weights.pop(name)
                model = Model()
                model.load_state_dict(weights)
                return model.eval()
            """
    }

    /// A line with the layer's module; nil for the embedding and the head, which have places of their own.
    private func pytorchModule(_ layer: ExportedLayer) -> String? {
        switch layer.kind {
        case .embedding, .head: return nil
        case .nothing: return "nn.Identity(),  # \(layer.plan.name) in training"
        case .dense: return "nn.Linear(\(layer.plan.inputWidth), \(layer.plan.width)),"
        case .layerNorm(let epsilon): return "nn.LayerNorm(\(layer.plan.width), eps=\(epsilon)),"
        case .recurrent(let description, _):
            let cell = CellExport(description)
            return "\(cell.pytorchModule)(\(layer.plan.inputWidth), \(description.hidden), batch_first=True\(cell.pytorchArguments)"
                + (description.isBidirectional ? ", bidirectional=True" : "") + "),"
        }
    }

    /// Statements from `x` below the layer to `x` above it.
    private func pytorchStep(_ layer: ExportedLayer) -> [String] {
        let module = "self.layers[\(layer.place ?? 0)]"
        switch layer.kind {
        case .embedding, .nothing: return []
        case .layerNorm: return ["x = \(module)(x)"]
        case .dense(let activation): return ["x = " + (activation == .linear ? "\(module)(x)" : "torch.\(activation.rawValue)(\(module)(x))")]
        case .head: return model.hasOutputEveryStep ? [] : ["x = x[torch.arange(x.shape[0]), lengths.cpu() - 1]"]
        case .recurrent(let description, let index):
            let y = description.connection == .none ? "x" : "y"
            return ["\(y), state[\(index)] = recur(\(module), x, state[\(index)], lengths)"] + pytorchMerge(y, description) + pytorchConnection(description)
        }
    }

    private func pytorchMerge(_ y: String, _ description: RecurrentDescription) -> [String] {
        guard description.isBidirectional else { return [] }
        return switch description.merge {
        case .concatenate: []
        case .sum: ["\(y) = \(y)[..., :\(description.hidden)] + \(y)[..., \(description.hidden):]"]
        case .average: ["\(y) = (\(y)[..., :\(description.hidden)] + \(y)[..., \(description.hidden):]) / 2"]
        }
    }

    private func pytorchConnection(_ description: RecurrentDescription) -> [String] {
        switch description.connection {
        case .none: []
        case .residual: ["x = x + y"]
        case .concatenate: ["x = torch.cat([x, y], dim=2)"]
        }
    }
}
