import Layers
import Models

// `model.py` for PyTorch where layers differ: a module for each.
extension PythonModule {
    var pytorchList: String {
        let layers = model.layers
        let modules = layers.compactMap { layer in pytorchModule(layer).map { "            \($0)\n" } }.joined()
        let steps = layers.flatMap(pytorchStep).map { "        \($0)\n" }.joined()
        let places = layers.compactMap { layer in if case .recurrent = layer.kind { layer.place } else { nil } }
        return pytorchFunctions.map { $0 + "\n\n\n" }.joined() + """
            class Model(nn.Module):
                def __init__(self) -> None:
                    super().__init__()
            \(pytorchEmbedding)        self.layers = nn.ModuleList([
            \(modules)        ])
                    self.head = nn.Linear(\(model.shape.topWidth), \(outputs))

                def forward(self, \(inputName): Tensor, state: State | None = None, lengths: Tensor | None = None) -> tuple[Tensor, State]:
                    \"\"\"\(callWords)\"\"\"
                    x = \(pytorchInput)
                    lengths = (torch.full((x.shape[0],), x.shape[1]) if lengths is None else lengths).to(x.device)
                    state = list(state) if state is not None else [None] * \(states.groups.count)
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

    /// Functions and classes that the model's layers need.
    private var pytorchFunctions: [String] {
        let cells = model.shape.recurrentLayers.map { CellExport($0) }
        let usesModules = cells.contains { $0.pytorchModule != nil }
        return (usesModules ? [Self.pytorchRecurrence] : []) + pytorchLoops + sharedFunctions(.torch)
    }

    private static let pytorchRecurrence = """
        def recur(layer: nn.Module, x: Tensor, state, lengths: Tensor):
            \"\"\"A recurrent layer's outputs [batch, time, width] over x, and its state at each sequence's end.\"\"\"
            packed = nn.utils.rnn.pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
            packed, state = layer(packed, state)
            return nn.utils.rnn.pad_packed_sequence(packed, batch_first=True, total_length=x.shape[1])[0], state
        """

    /// A line with the layer's module; nil for the embedding and the head, which have places of their own.
    private func pytorchModule(_ layer: ExportedLayer) -> String? {
        let (inputWidth, width) = (layer.plan.inputWidth, layer.plan.width)
        switch layer.kind {
        case .embedding, .head: return nil
        case .nothing: return "nn.Identity(),  # \(layer.plan.name) in training"
        case .frames: return "nn.Identity(),  # \(layer.plan.name)"
        case .dense: return "nn.Linear(\(inputWidth), \(width)),"
        case .layerNorm(let epsilon): return "nn.LayerNorm(\(width), eps=\(epsilon)),"
        case .recurrent(let description, _):
            let cell = CellExport(description)
            guard let module = cell.pytorchModule else { return pytorchLoopModule(layer, description) + "," }
            return "\(module)(\(inputWidth), \(description.hidden), batch_first=True\(cell.pytorchArguments)"
                + (description.isBidirectional ? ", bidirectional=True" : "") + "),"
        case .convolution(let description): return pytorchConvolution(description, inputWidth: inputWidth) + ","
        case .temporalBlock(let description): return pytorchTemporalBlock(description, inputWidth: inputWidth) + ","
        case .pool(let method):
            guard method == .attention else { return "nn.Identity(),  # \(layer.plan.name)" }
            return "AttentionScores(\(inputWidth), \(layer.plan.parameters[0].shape[0])),"
        case .transformer(let description): return pytorchTransformer(description, width: width) + ","
        }
    }

    /// Statements from `x` below the layer to `x` above it.
    private func pytorchStep(_ layer: ExportedLayer) -> [String] {
        let module = "self.layers[\(layer.place ?? 0)]"
        let state = layer.stateIndex.map { "state[\($0)]" }
        switch layer.kind {
        case .embedding, .nothing: return []
        case .layerNorm: return ["x = \(module)(x)"]
        case .dense(let activation): return ["x = \(activated(activation, "\(module)(x)", .torch))"]
        case .head: return model.hasOutputEveryStep ? [] : ["x = x[torch.arange(x.shape[0]), lengths.cpu() - 1]"]
        case .recurrent(let description, let index):
            let y = description.connection == .none ? "x" : "y"
            let own = "state[\(layer.stateIndex ?? index)]"
            let call = CellExport(description).pytorchModule == nil ? "\(module)(x, \(own), lengths)" : "recur(\(module), x, \(own), lengths)"
            return ["\(y), \(own) = \(call)"] + pytorchMerge(y, description) + pytorchConnection(description)
        case .convolution(let description):
            return convolution(description, state: state, activated(description.activation, "convolve(\(module), x)", .torch), .torch)
        case .temporalBlock(let description):
            func inner(_ name: String) -> String { "lambda x: convolve(\(module)[\"\(name)\"], x)" }
            let around = layer.plan.parameters.count > 4 ? inner("downsample") : nil
            return temporalBlock(description, state: state, inner("conv1"), inner("conv2"), around: around)
        case .pool(let method): return pool(method, scores: "\(module)(x)", .torch)
        case .frames(let count, let stride): return frames(count: count, stride: stride, width: layer.plan.inputWidth, .torch)
        case .transformer: return ["x, \(state ?? "_") = \(module)(x, \(state ?? "None"), lengths)"]
        }
    }

    private func pytorchMerge(_ y: String, _ description: RecurrentDescription) -> [String] {
        guard description.isBidirectional else { return [] }
        let units = description.outputUnits
        return switch description.merge {
        case .concatenate: []
        case .sum: ["\(y) = \(y)[..., :\(units)] + \(y)[..., \(units):]"]
        case .average: ["\(y) = (\(y)[..., :\(units)] + \(y)[..., \(units):]) / 2"]
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
