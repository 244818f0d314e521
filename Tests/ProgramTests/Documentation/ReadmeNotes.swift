/// What comments before README's blocks would say.
enum ReadmeNotes {
    static let all = [
        "{": "file: play.json",
        "launch/quickstart      # installs what is missing, builds, trains on 4 ranks, shows what was learned": "not run: it builds the project, and installs packages",
        "$ mpirun -n 2 lstm-train play.json training.epochs=2": "not run: its figures are those of Shakespeare's text, which would be fetched",
        "lstm-train evaluate runs/play                                # loss, perplexity, bits a character, accuracy; --part, --data, --json":
            "not run: it names checkpoints of Shakespeare's run; the articles run each verb",
        "$ lstm-train verify play.json": "not run: its figures are those of Shakespeare's text, which would be fetched",
        "curl -o configs/tinyshakespeare.txt https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt":
            "not run: it fetches data, and trains for a minute",
        "$ lstm-train config.json training.batch=0": "not run: the faulty file isn't shown; Your own data has both",
        "$ mpirun -n 3 lstm-train config.json": "not run: mpirun's own words aren't shown; Running on a cluster has them",
        "lstm-train bench                                             # eight named shapes, each for 3 seconds; --threads, --json":
            "not run: it takes a minute; BenchTests run the verb",
        "$ lstm-train bench --shape char-512 --threads 1": "not run: all it prints is the machine's speed",
    ]
}
