using System.Globalization;

namespace ChatModels.Benchmarks.Batches;

/// <summary>What to measure of batches, so that a run can be kept short.</summary>
internal sealed record BatchBenchOptions
{
    private static readonly string[] Known = ["rates", "memory", "take-over"];

    public IReadOnlyList<string> Parts { get; private init; } = Known;

    public IReadOnlyList<int> Workers { get; private init; } = [1, 2, 4];

    public IReadOnlyList<int> Lines { get; private init; } = [1_000, 10_000, 50_000];

    /// <summary>How long the vendor takes for an answer, in milliseconds.</summary>
    public IReadOnlyList<int> Waits { get; private init; } = [0, 50];

    public bool Has(string part) => Parts.Contains(part);

    public static BatchBenchOptions Parse(string[] args)
    {
        var options = new BatchBenchOptions();
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value.");
            options = args[i] switch
            {
                "--parts" when value.Split(',') is var parts && parts.Except(Known).FirstOrDefault() is { } unknown =>
                    throw new ArgumentException($"There is no part '{unknown}'; there are {string.Join(", ", Known)}."),
                "--parts" => options with { Parts = value.Split(',') },
                "--workers" => options with { Workers = Numbers(value) },
                "--lines" => options with { Lines = Numbers(value) },
                "--wait" => options with { Waits = Numbers(value) },
                _ => throw new ArgumentException($"There is no option {args[i]}; there are --parts, --workers, --lines, --wait."),
            };
        }

        return options;
    }

    private static int[] Numbers(string text) => [.. text.Split(',').Select(one => int.Parse(one, NumberStyles.None, CultureInfo.InvariantCulture))];
}
