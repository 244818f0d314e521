import Datasets

// `encode` and `decode` of byte pairs, which use only the standard library.
extension PythonModule {
    func bytePairCodec(_ text: TextUse) -> String {
        let prepared = text.reading.preparedText("text", unit: .character)
        return """
            MERGES = json.loads((FOLDER / "vocabulary.json").read_text(encoding="utf-8"))["merges"]
            SYMBOLS = [bytes([byte]) for byte in range(256)]
            for left, right in MERGES:
                SYMBOLS.append(SYMBOLS[left] + SYMBOLS[right])
            TOKENS = {(left, right): 256 + place for place, (left, right) in enumerate(MERGES)}
            RUNS = re.compile(rb"'(?:s|t|re|ve|m|ll|d)| ?[A-Za-z\\x80-\\xff]+| ?[0-9]+| ?[^\\sA-Za-z0-9\\x80-\\xff]+|\\s+(?!\\S)|\\s+")


            def merged(tokens: list[int]) -> list[int]:
                \"""The tokens of a piece of text: again and again, the pair that was learnt first becomes a token.\"""
                while True:
                    pairs = [(TOKENS.get(pair, len(SYMBOLS)), place) for place, pair in enumerate(zip(tokens, tokens[1:]))]
                    token, place = min(pairs, default=(len(SYMBOLS), 0))
                    if token == len(SYMBOLS):
                        return tokens
                    tokens[place:place + 2] = [token]


            def encode(text: str) -> list[int]:
                \"""The tokens of `text`, \(text.reading.wordsOfPreparation).\"""
                if not text:
                    raise ValueError("the text is empty")
                runs = RUNS.findall(\(prepared).encode())
                pieces = [run[start:start + 64] for run in runs for start in range(0, len(run), 64)]
                return [token for piece in pieces for token in merged(list(piece))]


            def decode(tokens: list[int]) -> str:
                return b"".join(SYMBOLS[token] for token in tokens).decode(errors="replace")
            """
    }
}
