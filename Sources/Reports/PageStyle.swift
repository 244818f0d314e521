/// Style sheet of a page; its colours are those of the charts (`Palette`).
enum PageStyle {
    /// Alternative pictures of a place at most.
    static let viewLimit = 16
    /// Those of which the labels stand beside the picture's title; those of more stand above the picture.
    static let narrowViewLimit = 4

    private static let chosenViews = (0..<viewLimit).map { ".choice input:nth-of-type(\($0 + 1)):checked~.view-\($0)" }.joined(separator: ",")

    static let rules = """
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;scroll-padding-top:3.2rem}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}
        nav{position:sticky;top:0;z-index:1;display:flex;gap:.2rem 1.1rem;overflow-x:auto;white-space:nowrap;padding:.55rem max(1rem,calc((100% - 1180px)/2));background:var(--paper);border-bottom:1px solid var(--grid);font-size:.875rem}
        nav a{color:var(--faint-ink);text-decoration:none}
        nav a:hover,nav a:focus{color:var(--ink);text-decoration:underline}
        main{max-width:calc(1180px + 2rem);margin:0 auto;padding:0 1rem 4rem}
        header{margin:2rem 0 1.2rem}
        header p{margin:.2rem 0 0;color:var(--faint-ink);overflow-wrap:anywhere}
        h1{font-size:1.7rem;line-height:1.2;margin:0;overflow-wrap:anywhere}
        h2{font-size:1.2rem;margin:2.6rem 0 .7rem;padding-bottom:.3rem;border-bottom:1px solid var(--grid)}
        p{max-width:46rem;margin:.6rem 0}
        .warning{max-width:none;border-left:3px solid var(--series-4);padding:.45rem .8rem;background:color-mix(in srgb,var(--series-4) 10%,transparent);overflow-wrap:anywhere;white-space:pre-line}
        .facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(10.4rem,1fr));gap:.7rem;margin:0}
        .facts div{border:1px solid var(--grid);border-radius:8px;padding:.6rem .85rem}
        .facts .wide{grid-column:1/-1}
        .facts dt{font-size:.8rem;color:var(--faint-ink)}
        .facts dd{margin:0;font-size:1.2rem;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
        .facts .wide dd{font-size:.95rem;font-weight:400}
        .facts .below{font-size:.8rem;font-weight:400;color:var(--faint-ink)}
        .grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,27rem),1fr));gap:1.4rem 1.6rem;align-items:start}
        figure{margin:0;min-width:0}
        figure svg{display:block;width:100%;height:auto}
        figure.wide{overflow-x:auto}
        .choice{position:relative;display:grid;grid-template-columns:1fr repeat(4,auto);align-items:start}
        .choice input{position:absolute;opacity:0;width:1px;height:1px}
        .choice label{grid-row:1;z-index:1;margin-left:.35rem;padding:.05rem .55rem;border:1px solid var(--grid);border-radius:99px;font-size:.78rem;color:var(--faint-ink);cursor:pointer}
        .choice input:checked+label{background:var(--ink);border-color:var(--ink);color:var(--paper)}
        .choice input:focus-visible+label{outline:2px solid var(--series-0);outline-offset:2px}
        .choice label:nth-of-type(1){grid-column:2}.choice label:nth-of-type(2){grid-column:3}.choice label:nth-of-type(3){grid-column:4}.choice label:nth-of-type(4){grid-column:5}
        .choice .view{display:none;grid-area:1/1/2/-1;min-width:0}
        @media (max-width:40rem){.choice .view{grid-row:2}}
        \(chosenViews){display:block}
        .choice.many{display:flex;flex-wrap:wrap}.choice.many label{margin:0 .35rem .35rem 0}.choice.many .view{order:1;flex:0 0 100%}
        .table{overflow-x:auto;margin:.8rem 0;background:linear-gradient(90deg,var(--paper) 1.2rem,transparent) 0 0/2.4rem 100% no-repeat local,linear-gradient(270deg,var(--paper) 1.2rem,transparent) 100% 0/2.4rem 100% no-repeat local,linear-gradient(90deg,color-mix(in srgb,var(--ink) 22%,transparent),transparent) 0 0/.8rem 100% no-repeat scroll,linear-gradient(270deg,color-mix(in srgb,var(--ink) 22%,transparent),transparent) 100% 0/.8rem 100% no-repeat scroll}
        table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
        th,td{padding:.32rem .9rem .32rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--grid);font-weight:400;overflow-wrap:break-word;max-width:34rem}
        thead th{color:var(--faint-ink);font-size:.8rem;white-space:nowrap}
        tbody th,.code{white-space:nowrap}
        td.code{white-space:pre-wrap;min-width:7rem;max-width:20rem;overflow-wrap:anywhere}
        td:not(.number):not(.code){min-width:6rem}
        td.prose{min-width:min(22rem,60vw)}
        .number{text-align:right;white-space:nowrap}
        .code{font-family:ui-monospace,'DejaVu Sans Mono',monospace;font-size:.85rem}
        .marked{font-weight:700}
        .strong th,.strong td{background:color-mix(in srgb,var(--series-0) 9%,transparent)}
        .strong th:first-child{box-shadow:inset 3px 0 var(--series-0);padding-left:.7rem}
        tbody th:first-child{padding-left:.7rem}thead th:first-child{padding-left:.7rem}
        @media (max-width:40rem){table{font-size:.8rem}.code{font-size:.76rem}th,td{padding:.3rem .5rem .3rem 0}thead th,thead th.number,tbody th,tbody th.code{white-space:normal}thead th{vertical-align:bottom;overflow-wrap:normal}tbody th.code{overflow-wrap:anywhere;min-width:6.5rem}td.code{min-width:6rem}td:not(.number):not(.code){min-width:4rem}td.prose{min-width:45vw}tbody th:first-child,thead th:first-child{padding-left:.35rem}}
        .sample{margin-bottom:.9rem}
        .sample figcaption{font-size:.8rem;color:var(--faint-ink);margin-bottom:.25rem}
        pre{margin:0;padding:.7rem .9rem;border:1px solid var(--grid);border-radius:8px;font:.85rem/1.45 ui-monospace,'DejaVu Sans Mono',monospace;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate;max-height:24rem;overflow-y:auto}
        @media print{nav{display:none}.choice .view{display:block!important}.choice input,.choice label{display:none}pre{max-height:none}figure,tr{break-inside:avoid}}
        """
}
