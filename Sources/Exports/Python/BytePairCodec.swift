import Datasets

// `encode` and `decode` of byte pairs. Those of learnt ones use only the standard library.
extension PythonModule {
    /// - Parameter stored: the stored vocabulary, as an expression.
    func bytePairCodec(_ vocabulary: Vocabulary, _ reading: TextReading, stored: String) -> String {
        let prepared = reading.preparedText("text", unit: .character)
        guard !vocabulary.isOfTokenizer else { return tokenizerCodec(vocabulary, reading, stored: stored) }
        return """
            MERGES = \(stored)["merges"]
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
                \"""The tokens of `text`, \(reading.wordsOfPreparation).\"""
                if not text:
                    raise ValueError("the text is empty")
                runs = RUNS.findall(\(prepared).encode())
                pieces = [run[start:start + 64] for run in runs for start in range(0, len(run), 64)]
                return [token for piece in pieces for token in merged(list(piece))]


            def decode(tokens: list[int]) -> str:
                return b"".join(SYMBOLS[token] for token in tokens).decode(errors="replace")
            """
    }

    /// The same with Hugging Face's tokenizers, of which the stored vocabulary has a tokenizer's file.
    private func tokenizerCodec(_ vocabulary: Vocabulary, _ reading: TextReading, stored: String) -> String {
        """
        STORED = \(stored)["tokenizer"]
        TOKENIZER = Tokenizer.from_str(json.dumps(STORED))
        SHOWN = [*range(33, 127), *range(161, 173), *range(174, 256)]
        # GPT-2's characters for bytes.
        BYTES = {chr(byte): byte for byte in SHOWN}
        BYTES |= {chr(256 + place): byte for place, byte in enumerate(byte for byte in range(256) if byte not in SHOWN)}
        SYMBOLS = [b""] * \(vocabulary.count)
        for symbol, token in STORED["model"]["vocab"].items():
            SYMBOLS[token] = bytes(BYTES.get(character, 0) for character in symbol)
        for added in STORED["added_tokens"]:
            SYMBOLS[added["id"]] = added["content"].encode()


        def encode(text: str) -> list[int]:
            \"""The tokens of `text`, \(reading.wordsOfPreparation).\"""
            if not text:
                raise ValueError("the text is empty")
            return TOKENIZER.encode(\(reading.preparedText("text", unit: .character)), add_special_tokens=False).ids


        def decode(tokens: list[int]) -> str:
            return b"".join(SYMBOLS[token] for token in tokens).decode(errors="replace")
        """
    }
}
