/// What comments before README's blocks would say, by how the blocks begin.
enum ReadmeNotes {
    static let all = [
        "{": "file: play.json",
        "launch/quickstart": "not run: it builds the project, and installs packages",
        "launch/install": "not run: it builds the project and writes into the user's home",
        "$ mpirun -n 2 lstm-train play.json": "not run: its figures are those of Shakespeare's text, which would be fetched",
        "lstm-train evaluate runs/play": "not run: it names checkpoints of Shakespeare's run; the articles run each verb",
        "$ lstm-train verify play.json": "not run: its figures are those of Shakespeare's text, which would be fetched",
        "curl -o configs/tinyshakespeare.txt": "not run: it fetches data, and trains for a minute",
        "$ lstm-train config.json training.batch=0": "not run: the faulty file isn't shown; Your own data has both",
        "$ mpirun -n 3 lstm-train config.json": "not run: mpirun's own words aren't shown; Running on a cluster has them",
        "lstm-train bench ": "not run: it takes a minute; How the kernels work has a short form",
        "$ lstm-train bench": "not run: all it prints is the machine's speed",
    ]
}
