// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The instruction set that kernels are built for: this machine's, or what LSTM_TRAIN_MARCH names
// (for clusters of mixed processors: x86-64-v3, the least that is supported, runs on AVX2 and gives the same bits).
let march = Context.environment["LSTM_TRAIN_MARCH"] ?? "native"
// Floats in a vector: what the instruction set has, or LSTM_TRAIN_LANES (4, 8, 16), with which a test shows that the width leaves no trace.
let laneFlags = Context.environment["LSTM_TRAIN_LANES"].map { ["-DLANE_COUNT=\($0)"] } ?? []

// Audio needs three libraries; without them everything else is built, and the room Audio says what to install. LSTM_TRAIN_AUDIO=0 leaves them out, 1 demands them.
let pkgConfigFolders =
    (Context.environment["PKG_CONFIG_PATH"] ?? "").split(separator: ":").map(String.init)
    + ["/usr/local", "/usr"].flatMap { root in
        ["lib", "lib64", "share", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu"].map { "\(root)/\($0)/pkgconfig" }
    }
let hasAudioLibraries =
    switch Context.environment["LSTM_TRAIN_AUDIO"] {
    case "0": false
    case "1": true
    default:
        ["sndfile.pc", "samplerate.pc", "kissfft-float.pc"].allSatisfy { name in
            pkgConfigFolders.contains { FileManager.default.fileExists(atPath: "\($0)/\(name)") }
        }
    }

let package = Package(
    name: "lstm-train",
    products: [
        .executable(name: "lstm-train", targets: ["lstm-train"]),
        .library(name: "LSTMTraining", targets: ["LSTMTraining"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // Floor 0: C that Swift can't say.
        .systemLibrary(name: "COpenMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),  // <mpi.h>
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),  // SHA-256
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),  // decompression, CRC-32
        .systemLibrary(name: "CSoundFile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),  // WAV, FLAC, Ogg
        .systemLibrary(name: "CSampleRate", pkgConfig: "samplerate", providers: [.apt(["libsamplerate0-dev"])]),  // resampling
        .systemLibrary(name: "CKissFFT", providers: [.apt(["libkissfft-dev"])]),  // Fourier transform
        .target(name: "CMPI", dependencies: ["COpenMPI"]),  // MPI's macros as functions
        .target(name: "CProcess"),  // memory and threads that the system refuses
        .target(name: "CVector"),  // the machine's float vector and what the processor can do

        // Floor 1: each knows nothing of the others, but that a safetensors header is JSON.
        .target(name: "Kernels", dependencies: ["CVector"]),  // float memory, tile products, activations, random numbers
        .target(name: "Threads", dependencies: ["CVector"]),  // Dispatch: the gate team
        .target(name: "Communication", dependencies: ["CMPI", "COpenMPI"]),  // MPI: ranks and the tree sum
        .target(name: "Batches"),  // a batch of sequences, and how shards and ranks divide it
        .target(name: "StrictJSON"),  // JSON that knows line and column and forgives nothing
        .target(name: "ProtocolBuffers"),  // the wire format of ONNX models and TensorBoard's events
        .target(  // system calls, directories held open, locks, SHA-256, safetensors, gzip, ZIP and NumPy files
            name: "Files", dependencies: ["COpenSSL", "CZlib", "StrictJSON"]),
        .target(name: "NumberText"),  // numbers as people read them
        .target(name: "ShellText"),  // names and paths as a shell takes them

        // Floor 2: the parts of training, and of what is shown of it.
        .target(name: "Layers", dependencies: ["Kernels", "CVector", "Threads"]),  // layers and cells, forward and backward
        .target(name: "Optimization", dependencies: ["Kernels", "CVector", "Threads"]),  // optimizers, clipping, schedules
        .target(name: "Distributions", dependencies: ["Kernels", "Batches"]),  // of forecasts: likelihoods, quantiles, scores
        .target(  // recordings as sequences of frames
            name: "Audio", dependencies: ["Kernels"] + (hasAudioLibraries ? ["CSoundFile", "CSampleRate", "CKissFFT"] : [])),
        .target(  // text, numbers, generated sequences
            name: "Datasets", dependencies: ["Audio", "Files", "Kernels", "Batches", "Distributions", "StrictJSON", "NumberText", "ShellText"]),
        .target(name: "Charts", dependencies: ["NumberText"]),  // pictures in SVG
        .target(name: "TensorBoard", dependencies: ["ProtocolBuffers"]),  // TensorBoard's events and the records of its files

        // Floor 3: a model as a whole, and what outlives the process.
        .target(name: "Models", dependencies: ["Layers", "Kernels", "CVector", "Threads", "Batches", "Distributions"]),  // description, plan, layers in a list, head, loss
        .target(name: "Checkpoints", dependencies: ["Files", "StrictJSON", "TensorBoard"]),  // run directory, commit and recovery

        // Floor 4: the settings of a run, and where it lives.
        .target(  // keys, parser, schema, first configurations
            name: "Configuration", dependencies: ["Audio", "Batches", "Files", "Kernels", "StrictJSON", "ShellText", "Layers", "Models", "Optimization", "Datasets", "Checkpoints"]),
        .target(  // a run directory, what it was begun with, and who may write in it
            name: "Runs",
            dependencies: [
                "Configuration", "Communication", "Files", "Kernels", "Batches", "StrictJSON", "NumberText", "ShellText", "Layers", "Models", "Datasets", "TensorBoard",
                "Checkpoints",
            ]),

        // Floor 5: the algorithm.
        .target(
            name: "Training",
            dependencies: [
                "Runs", "Configuration", "Communication", "Files", "Threads", "Kernels", "CVector", "Batches", "StrictJSON", "NumberText", "Layers", "Models",
                "Optimization", "Datasets", "TensorBoard", "Checkpoints",
            ]),

        // Floor 6: what is done with a model, and what is measured of the machine.
        .target(  // generate, predict, forecast
            name: "Inference",
            dependencies: [
                "Training", "Runs", "Configuration", "Communication", "Files", "Threads", "Kernels", "Batches", "StrictJSON", "NumberText", "ShellText",
                "Layers", "Models", "Datasets", "Checkpoints", "Distributions",
            ]),
        .target(  // bench, doctor, verify
            name: "Measurement",
            dependencies: [
                "Training", "Runs", "Configuration", "Communication", "Files", "Threads", "Kernels", "CVector", "Batches", "StrictJSON", "NumberText",
                "Layers", "Models", "Optimization", "Datasets", "Checkpoints",
            ]),

        // Floor 7: what is made of a run.
        .target(  // trained models for other Swift programs
            name: "LSTMTraining", dependencies: ["Inference", "Training", "Runs", "Configuration", "Checkpoints", "Files", "Datasets", "Threads", "Kernels"]),
        .target(  // pages and pictures
            name: "Reports",
            dependencies: [
                "Inference", "Training", "Runs", "Configuration", "Communication", "Charts", "NumberText", "Checkpoints", "Files", "StrictJSON", "Datasets", "Layers",
                "Models", "Threads", "Kernels",
            ]),
        .target(  // models for PyTorch, ONNX, Keras and NumPy
            name: "Exports",
            dependencies: [
                "Audio", "Inference", "Training", "Runs", "Configuration", "Checkpoints", "Files", "Layers", "Models", "Datasets", "Batches", "Threads", "Kernels",
                "Communication", "ProtocolBuffers", "StrictJSON", "NumberText", "ShellText",
            ]),

        // Floor 8: the program.
        .executableTarget(
            name: "lstm-train",
            dependencies: [
                "Training", "Inference", "Measurement", "Runs", "Configuration", "Communication", "Threads", "Batches", "Checkpoints", "Files", "Layers", "Models",
                "Kernels", "Datasets", "StrictJSON", "Reports", "Charts", "Exports", "NumberText", "ShellText", "CProcess",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // Tests: a folder a room; the oracle is a plain LSTM in Double, written separately.
        .testTarget(name: "LayoutTests"),
        .target(name: "ReferenceModel", path: "Tests/ReferenceModel"),
        .testTarget(name: "ReferenceModelTests", dependencies: ["ReferenceModel"]),
        .testTarget(name: "KernelsTests", dependencies: ["Kernels", "CVector"]),
        .testTarget(name: "ThreadsTests", dependencies: ["Threads", "CVector"]),
        .testTarget(name: "BatchesTests", dependencies: ["Batches"]),
        .testTarget(name: "AudioTests", dependencies: ["Audio", "HostileInput", "PythonEnvironment"]),
        .testTarget(name: "DistributionsTests", dependencies: ["Distributions", "Batches"]),
        .target(name: "SeededRandomness", path: "Tests/SeededRandomness"),
        .target(name: "HostileInput", dependencies: ["SeededRandomness"], path: "Tests/HostileInput"),
        .testTarget(name: "StrictJSONTests", dependencies: ["StrictJSON", "HostileInput", "SeededRandomness"]),
        .testTarget(name: "NumberTextTests", dependencies: ["NumberText"]),
        .testTarget(name: "ShellTextTests", dependencies: ["ShellText"]),
        .testTarget(name: "TensorBoardTests", dependencies: ["TensorBoard"]),
        .testTarget(name: "ProtocolBuffersTests", dependencies: ["ProtocolBuffers"]),
        .target(name: "XMLElements", path: "Tests/XMLElements"),
        .testTarget(name: "ChartsTests", dependencies: ["Charts", "SeededRandomness", "XMLElements"]),
        .executableTarget(name: "CommunicationProbe", dependencies: ["Communication"], path: "Tests/CommunicationProbe"),
        .testTarget(name: "CommunicationTests", dependencies: ["Communication", "CommunicationProbe"]),
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
        .target(name: "PythonEnvironment", path: "Tests/PythonEnvironment"),
        .testTarget(
            name: "ModelsTests",
            dependencies: [
                "Layers", "Models", "Optimization", "Kernels", "Threads", "Batches", "Files", "CVector", "ReferenceModel", "AllocationCounter",
                "PythonEnvironment",
            ]),
        .testTarget(name: "OptimizationTests", dependencies: ["Optimization", "Kernels", "Threads", "ReferenceModel", "PythonEnvironment"]),
        .testTarget(
            name: "DatasetsTests", dependencies: ["Audio", "Datasets", "Batches", "Distributions", "Files", "StrictJSON", "HostileInput", "FileFixtures", "PythonEnvironment"]),
        .target(name: "FileFixtures", dependencies: ["SeededRandomness"], path: "Tests/FileFixtures"),
        .testTarget(name: "FilesTests", dependencies: ["Files", "FileFixtures", "StrictJSON", "HostileInput", "SeededRandomness", "PythonEnvironment"]),
        .testTarget(name: "CheckpointsTests", dependencies: ["Checkpoints", "Files", "FileFixtures", "StrictJSON", "HostileInput", "SeededRandomness"]),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "Training", "Measurement", "Runs", "Configuration", "Checkpoints", "Files", "Kernels", "Batches", "Layers", "Models", "Optimization", "StrictJSON", "NumberText",
            ]),
        .testTarget(name: "ReportsTests", dependencies: ["Reports", "Charts", "Layers", "Models", "Training", "Inference", "Runs", "Configuration", "Checkpoints", "Communication", "Threads", "Datasets", "XMLElements"]),
        .testTarget(
            name: "ExportsTests",
            dependencies: [
                "Exports", "Training", "Inference", "Runs", "Configuration", "Datasets", "Layers", "Models", "Batches", "Checkpoints", "Files", "Communication", "Threads", "Kernels", "StrictJSON",
                "FileFixtures", "PythonEnvironment",
            ]),
        .executableTarget(
            name: "TrainingProbe", dependencies: ["Training", "Runs", "Configuration", "Datasets", "Batches", "Communication", "Threads"], path: "Tests/TrainingProbe"),
        .testTarget(name: "LSTMTrainingTests", dependencies: ["LSTMTraining", "SeededRandomness", "Audio", "Training", "Inference", "Runs", "Configuration", "Datasets", "Communication", "Threads", "Batches", "Checkpoints", "Files"]),
        .testTarget(
            name: "ProgramTests",
            dependencies: ["lstm-train", "TrainingProbe", "Audio", "StrictJSON", "Checkpoints", "Files", "FileFixtures", "NumberText", "SeededRandomness", "PythonEnvironment"]),
    ],
    swiftLanguageModes: [.v6]
)

if !hasAudioLibraries { package.targets.removeAll { ["CSoundFile", "CSampleRate", "CKissFFT"].contains($0.name) } }

// With LSTM_TRAIN_TEST_SANITIZERS=1 (see launch/test), only the tests that Thread Sanitizer is for.
if Context.environment["LSTM_TRAIN_TEST_SANITIZERS"] == "1" {
    package.targets.removeAll { $0.type == .test && !["KernelsTests", "ModelsTests", "ThreadsTests"].contains($0.name) }
}

// One set of flags for every room: the machine's instructions, optimised in debug builds too, since kernels run 600 times slower without.
// LSTM_TRAIN_WARNINGS=errors makes a warning an error, but for test targets: swift-testing's macros expand to code that warns.
let warningsAreErrors = Context.environment["LSTM_TRAIN_WARNINGS"] == "errors"
for target in package.targets where target.type != .system {
    target.cSettings = [.unsafeFlags(["-O2", "-ffp-contract=off", "-march=\(march)"] + laneFlags)]
    target.swiftSettings =
        ["ExistentialAny", "MemberImportVisibility", "InternalImportsByDefault"].map { .enableUpcomingFeature($0) }
        + (target.name == "Audio" && hasAudioLibraries ? [.define("AUDIO_LIBRARIES")] : [])
        + (warningsAreErrors && target.type != .test && (target.name != "Audio" || hasAudioLibraries) ? [.treatAllWarnings(as: .error)] : []) + [.unsafeFlags(["-O"] + (["-march=\(march)"] + laneFlags).flatMap { ["-Xcc", $0] })]
}
