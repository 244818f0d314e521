/// The library that a piece of `model.py` is written with. Pieces that both can have are written once, with NumPy's names and these marks:
/// `{device}` behind the arguments of `arange`, `{float}` behind an array that becomes float32; and `np.sigmoid`, which NumPy doesn't have.
enum ArrayLibrary {
    case numpy, torch

    /// The text with the library's own names.
    func callAsFunction(_ text: String) -> String {
        switch self {
        case .numpy: text.replacing("{device}", with: "").replacing("{float}", with: ".astype(np.float32)").replacing("np.sigmoid(", with: "sigmoid(")
        case .torch:
            text.replacing("{device}", with: ", device=x.device").replacing("{float}", with: ".float()").replacing("np.split(", with: "torch.tensor_split(")
                .replacing("np.ndarray", with: "Tensor").replacing("np.", with: "torch.").replacing("axis=", with: "dim=").replacing("keepdims=", with: "keepdim=")
        }
    }

    func callAsFunction(_ lines: [String]) -> [String] { lines.map { self($0) } }
}
