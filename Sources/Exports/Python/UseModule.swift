import Datasets
import NumberText

// Functions of `model.py` besides the model: text in and out, forecasts in the data's own units.
extension PythonModule {
    /// Imports for the functions besides the model, of json if there is a vocabulary or statistics.
    var jsonImport: String {
        switch model.use {
        case .text(let text): "import json\n" + (patternImport(text.vocabulary) ?? "")
        case .series(let series):
            ForecastFunction.imports(series).before + "import json\n" + ForecastFunction.imports(series).after
        case .classes(let classes): (classes.vocabulary?.unit == .bpe ? "import json\n" : "") + (patternImport(classes.vocabulary) ?? "")
        case .frames: "import math\nimport random\n"
        case .numbers: ""
        }
    }

    /// Import of re for words and byte pairs; a tokenizer's file needs none.
    private func patternImport(_ vocabulary: Vocabulary?) -> String? {
        guard let vocabulary, [.word, .bpe].contains(vocabulary.unit), !vocabulary.isOfTokenizer else { return nil }
        return "import re\n"
    }

    /// Import of Hugging Face's tokenizers, if the vocabulary is from a file of theirs.
    var tokenizerImport: String { model.use.vocabulary?.isOfTokenizer == true ? "from tokenizers import Tokenizer\n" : "" }

    /// A prompt of symbols in the vocabulary.
    var examplePrompt: String {
        guard case .text(let text) = model.use else { return "" }
        let usual = ["The ", "the ", "T", "t"].first { (try? text.vocabulary.encode($0, as: text.reading)) != nil }
        return usual ?? text.vocabulary.decode([0])
    }

    /// `encode` and `decode`, which use only the standard library.
    func textCodec(_ text: TextUse) -> String {
        guard text.vocabulary.unit != .word else { return wordCodec(text) }
        guard text.vocabulary.unit != .bpe else { return bytePairCodec(text.vocabulary, text.reading, stored: Self.stored(Vocabulary.storedName)) }
        let isBytes = text.vocabulary.unit == .byte
        let reading = text.reading.preparedText("text", unit: text.vocabulary.unit)
        let writing = isBytes ? "bytes(SYMBOLS[token] for token in tokens).decode(errors=\"replace\")" : "\"\".join(SYMBOLS[token] for token in tokens)"
        return """
            SYMBOLS = json.loads((FOLDER / "vocabulary.json").read_text(encoding="utf-8"))["symbols"]
            TOKENS = {symbol: token for token, symbol in enumerate(SYMBOLS)}


            def encode(text: str) -> list[int]:
                \"\"\"The tokens of `text`, \(text.reading.wordsOfPreparation).\"\"\"
                symbols = \(reading)
                unknown = sorted({symbol for symbol in symbols if symbol not in TOKENS})
                if unknown or not text:
                    raise ValueError(f"the model doesn't know {unknown}" if unknown else "the text is empty")
                return [TOKENS[symbol] for symbol in symbols]


            def decode(tokens: list[int]) -> str:
                return \(writing)
            """
    }

    /// The content of a stored file, as an expression.
    static func stored(_ name: String) -> String { "json.loads((FOLDER / \"\(name)\").read_text(encoding=\"utf-8\"))" }

    /// The same for words: what stands between blanks, and a line's end.
    private func wordCodec(_ text: TextUse) -> String {
        let reading = text.reading.lowercase ? "\"\".join(character.lower() for character in text)" : "text"
        let lineEnd = text.reading.joinLines ? " " : " \(Vocabulary.lineEnd) "
        return """
            SYMBOLS = json.loads((FOLDER / "vocabulary.json").read_text(encoding="utf-8"))["symbols"]
            TOKENS = {symbol: token for token, symbol in enumerate(SYMBOLS)}


            def encode(text: str) -> list[int]:
                \"\"\"The tokens of the words of `text`, \(text.reading.wordsOfPreparation); of others that of \(Vocabulary.unknown), if there is one.\"\"\"
                lines = \(reading).replace("\\n", "\(lineEnd)")
                words = [word for word in re.split("[ \\t\\x0b\\x0c\\r]+", lines) if word]
                if "\(Vocabulary.unknown)" in TOKENS:
                    words = [word if word in TOKENS else "\(Vocabulary.unknown)" for word in words]
                unknown = sorted({word for word in words if word not in TOKENS})
                if unknown or not words:
                    raise ValueError(f"the model doesn't know {unknown}" if unknown else "the text is empty")
                return [TOKENS[word] for word in words]


            def decode(tokens: list[int]) -> str:
                text = ""
                for token in tokens:
                    if SYMBOLS[token] == "\(Vocabulary.lineEnd)":
                        text += "\\n"
                    else:
                        text += (" " if text and text[-1] != "\\n" else "") + SYMBOLS[token]
                return text
            """
    }

    /// Functions for the model's use, with NumPy.
    var numpyUse: String {
        switch model.use {
        case .text(let text): textCodec(text) + "\n\n\n" + numpyGenerate(text)
        case .series(let series): ForecastFunction(series: series, library: .numpy, modelType: modelType, call: call, loadedHow: loadedHow).text
        case .classes(let classes): classUse(classes, isTorch: false)
        case .frames(let use): frameUse(use, isTorch: false) { call($0) }
        case .numbers: ""
        }
    }

    /// A call of the model. Keras has its own class of models, so there we use a function.
    private func call(_ arguments: String) -> String { format == .keras ? "run(model, \(arguments))" : "model(\(arguments))" }
    var modelType: String { format == .keras ? "keras.Model" : "Model" }
    var loadedHow: String { format == .keras ? "\n\n    `model` is from load(with_state=True).\n    " : "" }

    private func numpyGenerate(_ text: TextUse) -> String {
        let reading = GeneratorReading(text, model: model)
        return """
            def generate(model: \(modelType), prompt: str, length: int = 200, temperature: float = 1.0, seed: int | None = None) -> str:
                \"\"\"\(GeneratorReading.words)\(loadedHow)\"\"\"
                random = np.random.default_rng(seed)
                tokens = encode(prompt)
            \(reading.beginning)    for _ in range(length):
                    scores, \(reading.state) = \(call("np.array([\(reading.tokens)])\(reading.stateArgument)"))
                    scores = scores\(reading.lastStep).astype(np.float64)
                    if temperature > 0:
                        weights = np.exp((scores - scores.max()) / temperature)
                        token = int(random.choice(len(weights), p=weights / weights.sum()))
                    else:
                        token = int(scores.argmax())
                    tokens.append(token)
            \(reading.ending)    return decode(tokens)
            """
    }
}

extension TextReading {
    /// The characters or bytes of the Python variable `text` as an expression, as those of the training text were read.
    func preparedText(_ text: String, unit: TextUnit) -> String {
        let isBytes = unit == .byte
        var prepared = isBytes ? "\(text).encode()" : text
        // Character by character, as for the training text: Python's lower() of a whole text treats final letters differently.
        if lowercase { prepared = isBytes ? prepared + ".lower()" : "\"\".join(character.lower() for character in \(text))" }
        if joinLines { prepared += isBytes ? ".replace(b\"\\n\", b\" \")" : ".replace(\"\\n\", \" \")" }
        return prepared
    }

    /// "as the training text was read: letters small", for a docstring.
    var wordsOfPreparation: String {
        let changes = (lowercase ? ["small letters"] : []) + (joinLines ? ["newlines as blanks"] : [])
        return "read as the training text was" + (changes.isEmpty ? "" : ": " + changes.joined(separator: ", "))
    }
}

/// The inputs of `generate` at each symbol: the newest symbol with the state carried, or a window from a zero state.
struct GeneratorReading {
    let beginning: String
    let state: String
    let tokens: String
    let stateArgument: String
    /// The scores from which the next symbol is drawn.
    let lastStep: String
    let ending: String

    static let words = """
        `prompt`, continued by `length` symbols. Scores are divided by `temperature` before softmax; 0 takes the likeliest symbol each time.
        """

    init(_ text: TextUse, model: ExportedModel) {
        lastStep = model.hasOutputEveryStep ? "[0, -1]" : "[0]"
        if let length = text.windowLength {
            (beginning, state, tokens, stateArgument, ending) = ("", "_", "tokens[-\(length):]", "", "")
        } else {
            (beginning, state, tokens) = ("    unread, state = tokens, None\n", "state", "unread")
            (stateArgument, ending) = (", state", "        unread = [token]\n")
        }
    }
}
