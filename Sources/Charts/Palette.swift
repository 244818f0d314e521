/// A drawing colour: a CSS class, for light and dark colours on a page, and a fixed light colour for SVG viewers without CSS variables.
enum Ink: Sendable, Equatable {
    /// The colour of a series, from 0; colours repeat after ``Palette/seriesCount``.
    case series(Int)
    case text, faintText, axis, grid, marker, heat, onHeat, background

    var variable: String {
        switch self {
        case .series(let index): "series-\(index % Palette.seriesCount)"
        case .text, .marker: "ink"
        case .faintText: "faint-ink"
        case .axis: "axis"
        case .grid: "grid"
        case .heat: "heat"
        case .onHeat: "on-heat"
        case .background: "paper"
        }
    }

    var lightColour: String { Palette.colours.first { $0.name == variable }?.light ?? "#000000" }
}

/// The colours of charts, as CSS variables, for light and dark mode.
///
/// Series have the colours of Okabe & Ito (2008), "Color Universal Design", which are distinguishable with any colour vision, without yellow
/// and black; dark mode has lighter ones of the same hues, in the same order.
public enum Palette {
    struct Colour {
        let name: String
        let light: String
        let dark: String
    }

    static let seriesCount = 6

    static let colours: [Colour] = [
        Colour(name: "series-0", light: "#0072b2", dark: "#58b1ea"), Colour(name: "series-1", light: "#d55e00", dark: "#ff9145"),
        Colour(name: "series-2", light: "#00875f", dark: "#35cc9d"), Colour(name: "series-3", light: "#b5548d", dark: "#ea9fca"),
        Colour(name: "series-4", light: "#b67a00", dark: "#f2bf4a"), Colour(name: "series-5", light: "#3b9dd6", dark: "#a5dbff"),
        Colour(name: "ink", light: "#1d2530", dark: "#e6eaf0"), Colour(name: "faint-ink", light: "#5b6675", dark: "#a0abba"),
        Colour(name: "axis", light: "#8791a0", dark: "#6b7686"), Colour(name: "grid", light: "#e3e7ec", dark: "#2a323d"),
        Colour(name: "heat", light: "#0a5a9c", dark: "#6cbcff"), Colour(name: "on-heat", light: "#ffffff", dark: "#0b1118"),
        Colour(name: "paper", light: "#ffffff", dark: "#12171e"),
    ]

    /// CSS rules that define the variables on `element`: light colours, and dark ones if the reader prefers dark mode.
    public static func variables(of element: String) -> String {
        let light = colours.map { "--\($0.name):\($0.light)" }.joined(separator: ";")
        let dark = colours.map { "--\($0.name):\($0.dark)" }.joined(separator: ";")
        return "\(element){color-scheme:light dark;\(light)}@media (prefers-color-scheme:dark){\(element){\(dark)}}"
    }

    /// CSS rules that colour the charts' elements with those variables.
    public static var rules: String {
        let inks = (0..<seriesCount).map { Ink.series($0) } + [.text, .faintText, .axis, .grid, .heat, .onHeat, .background]
        let colours = inks.map { ".f-\($0.variable){fill:var(--\($0.variable))}.s-\($0.variable){stroke:var(--\($0.variable))}" }
        return colours.joined() + "svg text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}svg .mono{font-family:ui-monospace,'DejaVu Sans Mono',monospace}"
    }
}
