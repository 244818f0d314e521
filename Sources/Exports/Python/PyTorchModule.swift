import Datasets
import Layers
import Models

// `model.py` for PyTorch.
extension PythonModule {
    var pytorchOpening: String {
        opening(example: example(load: "load()")) + """


            from __future__ import annotations

            \(jsonImport)\(states.isStacked || jsonImport.contains("import re\n") ? "" : "import re\n")from pathlib import Path

            import torch
            from safetensors.torch import load_file
            from torch import Tensor, nn
            \(tokenizerImport)
            FOLDER = Path(__file__).parent
            State = \(states.type("Tensor"))
            """
    }

    var pytorchModel: String { states.isStacked ? pytorchStack(CellExport(model.shape.recurrentLayers[0])) : pytorchList }

    /// One recurrent module with all layers, whose parameters have the checkpoint's names.
    private func pytorchStack(_ cell: CellExport) -> String {
        let (hidden, layers) = (model.shape.recurrentLayers[0].hidden, model.layerCount)
        let last = (cell.states.count == 1 ? "state" : "state[0]") + "[-1]"
        return """
            class Model(nn.Module):
                def __init__(self) -> None:
                    super().__init__()
            \(pytorchEmbedding)        self.rnn = \(cell.pytorchModule ?? "")(\(inputWidth), \(hidden), num_layers=\(layers), batch_first=True\(cell.pytorchArguments))
                    self.head = nn.Linear(\(model.shape.topWidth), \(outputs))

                def forward(self, \(inputName): Tensor, state: State | None = None, lengths: Tensor | None = None) -> tuple[Tensor, State]:
                    \"\"\"\(callWords)\"\"\"
                    x = \(pytorchInput)
                    if lengths is None:
                        hidden, state = self.rnn(x, state)
                    else:
                        packed = nn.utils.rnn.pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
                        packed, state = self.rnn(packed, state)
            \(pytorchUnpacking)        return self.head(\(model.hasOutputEveryStep ? "hidden" : last)), state


            def load(path: str | Path = FOLDER / "model.safetensors") -> Model:
                \"\"\"The trained model, ready to be used.\"\"\"
                model = Model()
                model.load_state_dict(load_file(path))
                return model.eval()
            """
    }

    private var pytorchUnpacking: String {
        model.hasOutputEveryStep ? "            hidden, _ = nn.utils.rnn.pad_packed_sequence(packed, batch_first=True, total_length=x.shape[1])\n" : ""
    }

    var pytorchEmbedding: String {
        guard case .embedding(let count, let width) = model.shape.input else { return "" }
        return "        self.embedding = nn.Embedding(\(count), \(width))\n"
    }

    var pytorchInput: String {
        switch model.shape.input {
        case .oneHot(let count): "nn.functional.one_hot(tokens, \(count)).float()"
        case .embedding: "self.embedding(tokens)"
        case .vectors: "inputs"
        }
    }

    /// Functions for the model's use, with torch only.
    var torchUse: String {
        switch model.use {
        case .text(let text): textCodec(text) + "\n\n\n" + torchGenerate(text)
        case .series(let series): ForecastFunction(series: series, library: .torch, modelType: "Model", call: { "model(\($0))" }, loadedHow: "").text
        case .classes(let classes): classUse(classes, isTorch: true)
        case .frames(let use): frameUse(use, isTorch: true) { "model(\($0))" }
        case .numbers: ""
        }
    }

    private func torchGenerate(_ text: TextUse) -> String {
        let reading = GeneratorReading(text, model: model)
        return """
            @torch.no_grad()
            def generate(model: Model, prompt: str, length: int = 200, temperature: float = 1.0, seed: int | None = None) -> str:
                \"\"\"\(GeneratorReading.words)\"\"\"
                random = torch.Generator()
                random.seed() if seed is None else random.manual_seed(seed)
                tokens = encode(prompt)
            \(reading.beginning)    for _ in range(length):
                    scores, \(reading.state) = model(torch.tensor([\(reading.tokens)])\(reading.stateArgument))
                    scores = scores\(reading.lastStep)
                    if temperature > 0:
                        token = int(torch.multinomial(torch.softmax(scores / temperature, dim=0), 1, generator=random))
                    else:
                        token = int(scores.argmax())
                    tokens.append(token)
            \(reading.ending)    return decode(tokens)
            """
    }
}
