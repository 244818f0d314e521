// swift-tools-version: 6.2
import PackageDescription

// A program that uses trained models.
let package = Package(
    name: "library-example",
    dependencies: [.package(name: "lstm-train", path: "../..")],
    targets: [
        .executableTarget(name: "LibraryExample", dependencies: [.product(name: "LSTMTraining", package: "lstm-train")])
    ]
)
