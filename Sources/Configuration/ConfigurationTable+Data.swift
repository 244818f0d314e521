import Datasets
import Layers

// The data's part of the table.

extension ConfigurationKey {
    static let data: [ConfigurationKey] = [
        .choice(.data, "kind", \.data.kind, isRequired: true, .result, "Kind of the data."),
        .strings(
            .data, "files", \.data.files, StringsRule(takesSingle: true, leastCount: 1), for: Kind.fromFiles, isRequired: true, .result,
            "Files to read, one after the other; a relative path begins at the configuration file's folder. A folder stands for its files, and a pattern "
                + "such as part-*.csv for those it matches, in the order of their names. - stands for standard input, of which the run keeps a copy."),
        .strings(
            .data, "validationFiles", \.data.validationFiles, StringsRule(takesSingle: true), for: Kind.withPartFiles, .result,
            "Files for validation alone; a relative path as in data.files. None: a share of data.files."),
        .strings(
            .data, "testFiles", \.data.testFiles, StringsRule(takesSingle: true), for: Kind.withPartFiles, .result,
            "Files for the test alone; a relative path as in data.files. None: a share of data.files."),
        .text(
            .data, "prepared", \.data.prepared, for: Kind.withPreparedForm, .execution,
            "File that lstm-train prepare wrote of these data, which is mapped into memory in place of reading them; a relative path as in data.files. The weights are "
                + "the same. Empty: none."),
        .choice(
            .data, "unit", \.data.unit, for: Kind.withTexts, .result,
            "What a token is: a Unicode scalar of a UTF-8 text, a byte, a word: what stands between blanks, and <eos> for the end of a line; or a run of bytes that is "
                + "frequent in the training part (byte-pair encoding; of sequences for a target of each alone, not of its time steps)."),
        .integer(
            .data, "vocabularySize", \.data.vocabularySize, 0...million, for: Kind.withTexts, .result,
            "Words that get a token, the most frequent ones (of sequences, in the training part); all others are read as <unk>. 0: all words get one. Of byte-pair "
                + "encoding the number of tokens, from 257; 0: 8,000.")
            .when(ConfigurationCondition("data.unit", \.data.unit, is: .bpe, .word), ConfigurationCondition("data.tokenizer", isBlank: \.data.tokenizer)),
        .text(
            .data, "tokenizer", \.data.tokenizer, for: Kind.withTexts, .result,
            "File tokenizer.json of Hugging Face's tokenizers, byte-level BPE, by which a text is encoded in place of byte pairs that are learnt; a relative path as in "
                + "data.files. The run keeps what it needs of it. Empty: none.")
            .when(ConfigurationCondition("data.unit", \.data.unit, is: .bpe)),
        .bool(.data, "lowercase", \.data.lowercase, for: Kind.withTexts, .result, "Whether capitals are read as small letters."),
        .bool(.data, "joinLines", \.data.joinLines, for: Kind.withTexts, .result, "Whether a newline is read as a blank."),
        .text(
            .data, "document", \.data.document, for: [.text], .result,
            "Where documents end: \"blankLine\", \"line\", \"file\", or a text that is a line of its own, such as \"----\". Each document is then a sequence from "
                + "a zero state, and read as a whole, whatever data.length is. Empty: the text is read as one."),
        .integer(
            .data, "length", \.data.length, 1...million, narrowed: [.adding: 10...million, .temporalOrder: 10...million],
            for: Kind.ofChosenLength, .result,
            "Time steps of a chunk of truncated BPTT (text), a window (textWindows), the past (series), a generated sequence (adding, temporalOrder)."),
        .bool(
            .data, "randomLength", \.data.randomLength, for: [.text], .result,
            "Whether each chunk has a random length around data.length (Merity et al. 2018), and the learning rate is scaled by it."),
        .integer(.data, "stride", \.data.stride, 1...billion, for: Kind.inWindows, .result, "Symbols or rows from one window's begin to the next one's."),
        .strings(
            .data, "columns", \.data.columns, StringsRule(takesSingle: true, areUnique: true), for: Kind.ofTables, .result,
            "Columns that the model reads, in order; none named: all, but for data.label and data.id."),
        .strings(
            .data, "targets", \.data.targets, StringsRule(takesSingle: true, areUnique: true), for: Kind.ofTables, .result,
            "Columns that it predicts; none named: those of data.columns (series). Of sequences with a data.target of numbers: columns or fields with these."),
        .integer(.data, "horizon", \.data.horizon, 1...million, for: [.series], .result, "Rows predicted after each window: all of them, in order."),
        .bool(.data, "relative", \.data.relative, for: [.series], .result, "Whether a window and its target are taken relative to the window's last row."),
        .integers(
            .data, "lags", \.data.lags, 1...million, for: [.series], .result,
            "Rows before each row to forecast whose values of the predicted columns the model reads beside its last rows, each at least data.horizon: 24 and 168 of hourly "
                + "rows for the same hour a day and a week before."),
        .choice(
            .data, "windowScaling", \.data.windowScaling, for: [.series], .result,
            "What each window and its target are divided by, for series of very different sizes: the mean of its past rows' absolute values (\"mean\"), or the distance of "
                + "their quartiles, less their median (\"quartiles\"). \"none\": nothing."),
        .choice(
            .data, "format", \.data.format, for: [.sequences], .result,
            "What the files are: CSV tables; CoNLL's columns, a word a line and a blank line after each sequence; sets of labels, a sequence a line, time steps between "
                + "blanks, labels between commas, - for none; or strokes, a drawing a line, points dx,dy,p between blanks, p 1 where the pen is "
                + "lifted (in JSON Lines in data.columns). \"auto\": as their names end, in .conll, .conllu, .jsonl, .ndjson, .npz or .ts; tables otherwise."),
        .choice(
            .data, "target", \.data.target, for: [.sequences], .result,
            "What is predicted: the class of each sequence; or of each time step its class (tags of words), which labels are on, or which are at the next step (notes of "
                + "music), or with data.columns or strokes the next numbers or point; or numbers of a sequence, or of each of its time steps; or its transcript, whose symbols aren't aligned with time steps (CTC: speech, handwriting)."),
        .choice(
            .data, "transcriptUnit", \.data.transcriptUnit, for: [.sequences], .result,
            "Symbols of a transcript: its characters, or what stands between blanks, such as words or phones.").when(.transcribed),
        .choice(
            .data, "unalignable", \.data.unalignable, for: [.sequences], .result,
            "What is done with a sequence whose transcript has more symbols than the model has outputs, or a symbol that the training part doesn't have: \"refuse\" it with "
                + "its place, or \"skip\" it, which is counted.").when(.transcribed),
        .strings(
            .data, "calendar", \.data.calendar, StringsRule(takesSingle: true, areUnique: true), for: [.series], .result,
            "What the model reads of the dates of the rows to forecast, as cosine and sine: \"hourOfDay\", \"dayOfWeek\", \"dayOfMonth\", \"dayOfYear\"."),
        .strings(
            .data, "future", \.data.future, StringsRule(takesSingle: true, areUnique: true), for: [.series], .result,
            "Columns of data.columns that are known ahead, such as prices or holidays: the model reads them at the rows to forecast. data.targets names the predicted ones."),
        .strings(
            .data, "categories", \.data.categories, StringsRule(takesSingle: true, areUnique: true), for: [.series], .result,
            "Columns of texts or codes that the model reads beside data.columns: each value becomes an input that is 1 in its rows, and else 0."),
        .integer(
            .data, "lag", \.data.lag, 0...million, for: [.series], .result,
            "Rows before each target from which it is taken as a difference, at most data.length: 24 of hourly rows for the same hour a day before. "
                + "0: from the window's last row with data.relative, else none."),
        .integer(
            .data, "season", \.data.season, 0...million, for: [.series], .execution,
            "Rows of a season, for the forecasts without a model that evaluations show. 0: by the dates, 24 of hourly rows, 7 of days, 12 of months. 1: none."),
        .text(
            .data, "label", \.data.label, for: [.sequences], .result,
            "Column or field with the class or transcript of each sequence, or with data.target \"classes\" of its time steps: a list, or between blanks. Not needed for .ts files, "
                + "whose lines end with it, .npz files that have it in y, and CoNLL's, whose last column it is."),
        .text(
            .data, "text", \.data.text, for: [.sequences], .result,
            "Column or field with a text that is the sequence, read by data.unit, in place of the numbers of data.columns. Empty: none. CoNLL's columns are called "
                + "column1, column2, …, or in .conllu files FORM, UPOS and so on."),
        .integer(
            .data, "features", \.data.features, 1...65_536, for: [.sequences], .result,
            "Numbers of a time step, which stand in consecutive columns of a row. Empty fields at a row's end shorten its sequence. For tables with a sequence a row."),
        .choice(
            .data, "standardize", \.data.standardize, for: [.sequences], .result,
            "Time steps by whose mean and deviation each number is standardised: those of the training part, or the sequence's own (in speech, of an utterance).")
            .when(ConfigurationCondition("data.text", isBlank: \.data.text)),
        .integer(
            .data, "deltas", \.data.deltas, 0...2, for: [.sequences], .result,
            "Differences over time that the model reads beside each number, as torchaudio's compute_deltas: 1 for deltas, 2 for their deltas too.")
            .when(ConfigurationCondition("data.text", isBlank: \.data.text)),
    ] + audio + [
        .bool(
            .data, "bucketing", \.data.bucketing, for: [.sequences], .result,
            "Whether batches are made of sequences of about the same length, so that they have less padding. Their order is drawn anew in each epoch."),
        .text(
            .data, "group", \.data.group, for: [.sequences], .result,
            "Column or field that names a sequence's group, such as a writer or a patient: all sequences of a group are in the same part. Empty: each is drawn on its own."),
        .text(
            .data, "part", \.data.part, for: [.sequences], .result,
            "Column or field that names a sequence's part itself: train, validation or test. Empty: shares are drawn."),
        .text(
            .data, "id", \.data.id, for: Kind.ofTables, .result,
            "For tables with a time step a row: the column that says to which sequence or series a row belongs. "
                + "Empty: a row is a sequence; the files are one series. \"file\", unless a column is called so: each file is a series. "
                + "In JSON Lines with a series a line: \"item_id\"."),
        .choice(
            .data, "scaling", \.data.scaling, for: [.series], .result,
            "Training rows by whose mean and deviation values are standardised: those of all series (\"global\"), or each series' own.")
            .when(ConfigurationCondition("data.id", isFilled: \.data.id)),
        .text(.data, "step", \.data.step, for: [.sequences], .result, "Column of numbers or times by which a sequence's rows are ordered. Empty: the file's order.")
            .when(ConfigurationCondition("data.id", isFilled: \.data.id)),
        .choice(
            .data, "delimiter", \.data.table.delimiter, for: Kind.ofTables, .result,
            "What separates the fields of a line. \"auto\": commas, unless the first lines show another one."),
        .choice(
            .data, "decimal", \.data.table.decimal, for: Kind.ofTables, .result,
            "What is before a number's decimals. \"auto\": a point; where fields aren't separated by commas, what the numbers show."),
        .choice(
            .data, "header", \.data.table.header, for: Kind.ofTables, .result,
            "Whether the first line names the columns. \"auto\": it does, and is refused if it looks like a row. \"no\": they are called column1, column2, …"),
        .choice(
            .data, "missing", \.data.table.missing, for: [.series, .sequences], .result,
            "Missing values (an empty field, ?, NA, NaN, null, - and the like): refused, their rows left out, or filled with the column's last known value; "
                + "\"mask\": filled, with an input that says where, and not counted as targets. Sequences: no \"drop\"."),
        .choice(
            .data, "order", \.data.table.order, for: [.series], .result,
            "Order of the rows. \"auto\": the file's, refused if a column of dates shows another than oldest first. \"ascending\": sorted by that column."),
        .text(
            .data, "frequency", \.data.table.frequency, for: [.series], .result,
            "Time from row to row of JSON Lines whose series have a start and no freq, in pandas's words: \"H\", \"15min\", \"D\", \"B\", \"W\", \"MS\". "
                + "Empty: what the lines say."),
        .real(
            .data, "validationFraction", \.data.validationFraction, .atLeast(0).below(1), for: Kind.fromFiles, .result,
            "Share that validation takes, behind the training part, or of each class (sequences); with data.testFraction below 1.")
            .when([ConfigurationCondition("data.validationFiles", isEmpty: \.data.validationFiles)] + noRowCounts),
        .real(.data, "testFraction", \.data.testFraction, .atLeast(0).below(1), for: Kind.fromFiles, .result, "Share that the test takes, at the end, or of each class (sequences).")
            .when([ConfigurationCondition("data.testFiles", isEmpty: \.data.testFiles)] + noRowCounts),
        .integer(
            .data, "trainingRows", \.data.trainingRows, 0...billion, for: [.series], .result,
            "Rows to train on, the first ones; validation and test have those after them, and any others are left out. "
                + "0: all rows before the last, which are validation's and the test's."),
        .integer(.data, "validationRows", \.data.validationRows, 0...billion, for: [.series], .result, "Rows to validate with, in place of a share of all."),
        .integer(.data, "testRows", \.data.testRows, 0...billion, for: [.series], .result, "Rows to test with, in place of a share of all."),
        .integer(
            .data, "leaveOutRows", \.data.leaveOutRows, 0...billion, for: [.series], .result,
            "Rows at the end of each series that aren't used, as if the file had been written earlier."),
        .integer(
            .data, "trainingExamples", \.data.trainingExamples, 0...billion, for: Kind.generated, .result,
            "Sequences of an epoch; 0: " + Kind.generated.map { "\($0.usualTrainingExampleCount) for \($0.rawValue)" }.joined(separator: ", ") + "."),
        .integer(.data, "validationExamples", \.data.validationExamples, 0...billion, for: Kind.generated, .result, "Sequences to validate with."),
        .integer(.data, "testExamples", \.data.testExamples, 0...billion, for: Kind.generated, .result, "Sequences to test with."),
    ]

    private static let noRowCounts = [
        ConfigurationCondition("data.trainingRows", isZero: \.data.trainingRows),
        ConfigurationCondition("data.validationRows", isZero: \.data.validationRows), ConfigurationCondition("data.testRows", isZero: \.data.testRows),
    ]
}
