using System.Globalization;

namespace ChatModels.Benchmarks.Gateway;

/// <summary>How long to measure, and what.</summary>
internal sealed record GatewayOptions
{
    public static readonly string[] Modes = ["c1", "c32", "c256", "stream", "long", "first", "open"];

    /// <summary>How often everything is started anew: a process is one draw, and processes of the same build differ by several per cent, as the runtime happened to compile them.</summary>
    public int Starts { get; init; } = 2;

    /// <summary>How long each target is loaded after each start.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long each target is loaded before the first measurement, whole answers and streams: until then the runtime still compiles what is hot, for ten seconds and more.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(16);

    public int OpenStreams { get; init; } = 5000;

    public IReadOnlyList<string> Chosen { get; init; } = Modes;

    public IEnumerable<Load> Loads => Chosen.Select(mode => mode switch
    {
        "c1" => Load.Chat(1),
        "c32" => Load.Chat(32),
        "c256" => Load.Chat(256),
        "stream" => Load.Stream(32),
        "long" => Load.Long(8),
        _ => null,
    }).OfType<Load>();

    /// <summary>What makes every path hot that the chosen modes take.</summary>
    public IEnumerable<Load> WarmUps =>
        [.. Chosen.Intersect(["c1", "c32", "c256", "long"]).Any() ? [Load.Chat(32)] : Array.Empty<Load>(), .. Chosen.Intersect(["stream", "first", "open"]).Any() ? [Load.Stream(32)] : Array.Empty<Load>()];

    public bool Has(string mode) => Chosen.Contains(mode);

    public static GatewayOptions Parse(string[] args)
    {
        var options = new GatewayOptions();
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value.");
            options = args[i] switch
            {
                "--starts" => options with { Starts = Number(value) },
                "--seconds" => options with { Length = TimeSpan.FromSeconds(Number(value)) },
                "--warm-up" => options with { WarmUp = TimeSpan.FromSeconds(Number(value)) },
                "--streams" => options with { OpenStreams = Number(value) },
                "--modes" when value.Split(',') is var modes && modes.Except(Modes).FirstOrDefault() is { } unknown =>
                    throw new ArgumentException($"There is no mode '{unknown}'; there are {string.Join(", ", Modes)}."),
                "--modes" => options with { Chosen = value.Split(',') },
                _ => throw new ArgumentException($"There is no option {args[i]}; there are --starts, --seconds, --warm-up, --streams, --modes."),
            };
        }

        return options;
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
