import Datasets
import Foundation
import PythonEnvironment
import StrictJSON
import Testing

@Suite("Tokenizers trained with Hugging Face's library", .enabled(if: Python.withTokenizers != nil, Comment(rawValue: Python.missingTokenizers)))
struct TokenizerInteropTests {
    /// Trains a tokenizer on random texts and saves it; writes others, and their tokens.
    private static let script = #"""
        import json, random, sys
        from pathlib import Path
        from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

        folder, kind, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
        chance = random.Random(seed)
        LATER = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|NUMBERS| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
        FIRST = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
        ATOMS = ["the", "The", " the", "cat", "can't", "WE'LL", "'S", "'s", "'re", "'VE", "'ſ", "'", "é", "e\u0301", "n\u0303", "漢", "日本語", "😀", "👩‍👩‍👧", "\u00a0",
                 "\u3000", "\u2028", "\x85", " ", "  ", "   ", "\t", "\n", "\n\n", "\r\n", "\r", "1", "12", "3456", "½", "Ⅷ", "٣", "!", "...", "--", "_", "<", "<|end|>", "<mask>",
                 "[X]", "[Y]", "foo bar", "\0", "\u0301", "ß", "ſ", "ﬅ", "Ж", "привет", "한국", "\u1100\u1161\u11a8", "क्षि", "ก็", "\u200d", "\U0010ffff", "\U000323b0", "\u1c89", "Ġ",
                 "Ċ", "\u0100", "~", "\"", "1a2b", "xxxxx", "\ufeff"]
        RANGES = [(0x20, 0x7f), (0x80, 0x3000), (0x300, 0x370), (0x3000, 0xd800), (0xe000, 0x11000), (0x10000, 0x11fff), (0x1d100, 0x1d200), (0x1f000, 0x20000)]


        def text():
            count = chance.choice([1, 2, 3, 5, 10, 40, 150])
            # A byte order mark at a text's beginning isn't read by lstm-train.
            return "".join(chance.choice(ATOMS) if chance.random() < 0.9 else chr(chance.randrange(*chance.choice(RANGES))) for _ in range(count)).lstrip("\ufeff")


        def split(pattern):
            byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
            return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), byte_level])


        tokenizer = Tokenizer(models.BPE(ignore_merges=seed % 2 == 1))
        tokenizer.pre_tokenizer = {
            "gpt2": pre_tokenizers.ByteLevel(add_prefix_space=False), "roberta": pre_tokenizers.ByteLevel(add_prefix_space=True), "split": split(FIRST),
            "llama3": split(LATER.replace("NUMBERS", r"\p{N}{1,3}")), "qwen2": split(LATER.replace("NUMBERS", r"\p{N}")),
        }[kind]
        tokenizer.decoder = decoders.ByteLevel()
        if seed % 3 != 0:
            tokenizer.normalizer = normalizers.NFC()
        trainer = trainers.BpeTrainer(
            vocab_size=300 * seed, special_tokens=["<s>", "<|end|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
        tokenizer.train_from_iterator([text() for _ in range(2000)], trainer)
        tokenizer.add_tokens([
            AddedToken("<mask>", lstrip=True, normalized=False), AddedToken("[X]", lstrip=True, rstrip=True), AddedToken("[Y]", rstrip=True, single_word=True),
            AddedToken("cat", single_word=True), AddedToken("e\u0301e\u0301"), AddedToken("foo bar"), AddedToken("WE'", normalized=False),
        ][: seed * 3])
        tokenizer.save(str(folder / "tokenizer.json"))
        if seed % 2 == 0:
            # The older form of merges.
            saved = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
            saved["model"]["merges"] = [" ".join(merge) for merge in saved["model"]["merges"]]
            (folder / "tokenizer.json").write_text(json.dumps(saved), encoding="utf-8")
        texts = [text() for _ in range(1500)] + ["a" * 3000, "ab" * 500 + " " * 400, "漢字" * 700, "e\u0301" * 300]
        (folder / "texts.json").write_text(json.dumps(texts))
        (folder / "tokens.json").write_text(json.dumps([tokenizer.encode(text, add_special_tokens=False).ids for text in texts]))
        """#

    @Test("have the same tokens here, for any text, also in the form that a run stores; without a normalizer and a prefix they give back the text", arguments: [
        "gpt2", "roberta", "split", "llama3", "qwen2",
    ], [1, 2, 3])
    func sameTokens(kind: String, seed: Int) throws {
        let files = try TemporaryFiles()
        let folder = URL(filePath: files.path("x")).deletingLastPathComponent().path
        let result = try Python.run(try #require(Python.withTokenizers), ["-c", Self.script, folder, kind, "\(seed)"])
        try #require(result.code == 0, "\(result.output)")
        let texts = try JSONDecoder().decode([String].self, from: Data(contentsOf: URL(filePath: files.path("texts.json"))))
        let wanted = try JSONDecoder().decode([[Int32]].self, from: Data(contentsOf: URL(filePath: files.path("tokens.json"))))
        let vocabulary = try Vocabulary(tokenizer: files.path("tokenizer.json"))
        let stored = try Vocabulary(json: Array(vocabulary.json.utf8), file: "vocabulary.json")
        #expect(texts.count == wanted.count && texts.count > 1500)
        for (text, tokens) in zip(texts, wanted) {
            let found = try vocabulary.encode(text, as: TextReading(unit: .bpe))
            #expect(found == tokens, "\(text.debugDescription)")
            #expect(try stored.encode(text, as: TextReading(unit: .bpe)) == found)
            // Added tokens that take blanks don't give them back, from the first seed on.
            if kind == "gpt2", seed == 3, !text.contains("<mask>"), !text.contains("["), !text.contains("\u{FEFF}") {
                #expect(vocabulary.decode(found).utf8.elementsEqual(text.utf8), "\(text.debugDescription)")
            }
        }
    }
}
