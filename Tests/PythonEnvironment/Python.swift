import Foundation

/// A Python with the libraries that read what this program writes: the one that `LSTM_TRAIN_PYTHON` names, if it has them; else a virtual environment
/// beside the build, which is made once, from the versions below. It is made again when they change.
public enum Python {
    /// Any Python at all, for what its standard library shows.
    public static let plain = ProcessInfo.processInfo.environment["LSTM_TRAIN_PYTHON"] ?? "python3"
    public static let hasPlain = (try? run(plain, ["-c", ""]).code) == 0

    /// The one with the libraries; nil where there is none and none can be made.
    public static let withLibraries: String? =
        given ?? made(requirements + torch.prefix(1), steps: [[requirements[0]], requirements + torch], check: hasLibraries)
    /// One with NumPy: any Python that has it, else the one with the libraries.
    public static let withNumpy: String? = (try? run(plain, ["-c", "import numpy"]).code) == 0 ? plain : withLibraries
    /// One with scikit-learn: any Python that has it, else one that is made.
    public static let withScikitLearn: String? =
        hasScikitLearn(plain) ? plain : made(["numpy==2.4.6", "scikit-learn==1.9.1"], steps: [["numpy==2.4.6", "scikit-learn==1.9.1"]], check: hasScikitLearn)
    public static let missingScikitLearn = "no Python with scikit-learn: name one in LSTM_TRAIN_PYTHON, or let the test install it"

    /// One with pandas, scikit-learn and Optuna: any Python that has them, else one that is made.
    public static let withPandas: String? = hasPandas(plain) ? plain : made(pandas, steps: [pandas], check: hasPandas)
    public static let missingPandas = "no Python with pandas, scikit-learn and optuna: name one in LSTM_TRAIN_PYTHON, or let the test install them"
    private static let pandas = ["numpy==2.4.6", "pandas==3.1.1", "scikit-learn==1.9.1", "optuna==5.0.0"]

    /// One with NumPy and Hugging Face's tokenizers: any Python that has them, else one that is made.
    public static let withTokenizers: String? = hasTokenizers(plain) ? plain : made(tokenizers, steps: [tokenizers], check: hasTokenizers)
    public static let missingTokenizers = "no Python with numpy and tokenizers: name one in LSTM_TRAIN_PYTHON, or let the test install them"
    private static let tokenizers = ["numpy==2.4.6", "tokenizers==0.23.3"]

    /// One with librosa: any Python that has it, else one that is made.
    public static let withLibrosa: String? = hasLibrosa(plain) ? plain : made(["librosa==0.11.0"], steps: [["librosa==0.11.0"]], check: hasLibrosa)
    public static let missingLibrosa = "no Python with librosa and soundfile: name one in LSTM_TRAIN_PYTHON, or let the test install them"

    private static func hasLibrosa(_ python: String) -> Bool { (try? run(python, ["-c", "import librosa, soundfile"]).code) == 0 }

    private static func hasTokenizers(_ python: String) -> Bool { (try? run(python, ["-c", "import numpy, tokenizers"]).code) == 0 }

    private static func hasPandas(_ python: String) -> Bool { (try? run(python, ["-c", "import pandas, sklearn, optuna"]).code) == 0 }

    private static func hasScikitLearn(_ python: String) -> Bool { (try? run(python, ["-c", "import sklearn"]).code) == 0 }

    public static let missing: String =
        "no Python with torch, onnx, onnxruntime, keras, safetensors and tensorboard: name one in LSTM_TRAIN_PYTHON, or let the test install them"

    private static let requirements = [
        "numpy==2.4.6", "safetensors==0.8.0", "onnx==1.23.2", "onnxruntime==1.32.0", "keras==3.15.1", "tensorboard==2.21.0",
    ]
    /// For processors alone: a tenth of the size of the one with CUDA.
    private static let torch = ["torch==2.13.0+cpu", "--extra-index-url", "https://download.pytorch.org/whl/cpu"]
    private static let imports = "import numpy, safetensors, onnx, onnxruntime, torch, tensorboard"

    private static var given: String? { hasLibraries(plain) ? plain : nil }

    private static func hasLibraries(_ python: String) -> Bool {
        (try? run(python, ["-c", imports + ", keras"]).code) == 0
    }

    /// A virtual environment with packages. Nothing is installed where LSTM_TRAIN_TEST_INSTALLS is 0, or the index of packages doesn't answer within seconds.
    /// - Parameters:
    ///   - packages: with their versions, for its name.
    ///   - steps: arguments of pip, one call after the other.
    ///   - check: whether a Python has the packages.
    private static func made(_ packages: [String], steps: [[String]], check: (String) -> Bool) -> String? {
        guard ProcessInfo.processInfo.environment["LSTM_TRAIN_TEST_INSTALLS"] != "0", let folder = try? environmentFolder(packages) else { return nil }
        let python = folder.appending(path: "bin/python").path
        if check(python) { return python }
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "0", "--timeout", "10"]
        let began = ContinuousClock.now
        for (program, arguments) in [("python3", ["-m", "venv", "--clear", folder.path])] + steps.map({ (python, pip + $0) }) {
            guard let result = try? run(program, arguments), result.code == 0 else { return nil }
        }
        print("a Python with \(packages.joined(separator: ", ")) was made in \(ContinuousClock.now - began): \(folder.path)")
        return check(python) ? python : nil
    }

    /// Beside the directories of debug and release builds.
    private static func environmentFolder(_ packages: [String]) throws -> URL {
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let versions = packages.map { $0.replacing("==", with: "-") }.joined(separator: ",")
        return URL(filePath: executable).deletingLastPathComponent().deletingLastPathComponent().appending(path: "python-\(versions)")
    }

    /// Runs it to its end: its exit code, and what it printed, complaints among it.
    @discardableResult
    public static func run(_ python: String, _ arguments: [String], in folder: String? = nil) throws -> (code: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [python] + arguments
        if let folder { process.currentDirectoryURL = URL(filePath: folder, directoryHint: .isDirectory) }
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["OMP_NUM_THREADS": "1", "KERAS_BACKEND": "torch", "PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }
}
