using System.Globalization;
using ChatModels.AppHost.Redis;

namespace ChatModels.AppHost;

/// <summary>What the command line asks of an AppHost; the same words with and without Aspire.</summary>
internal sealed record AppHostOptions
{
    public const string List = "--redis container|local|garnet|HOST:PORT, --fresh, --data DIR, --port N, --no-dashboard, --help";

    public RedisChoice Redis { get; init; } = RedisChoice.Auto;

    /// <summary>Start with an empty Redis.</summary>
    public bool Fresh { get; init; }

    /// <summary>Where the Redis that is started here keeps its data; two AppHosts in one checkout need two.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>The Api's port; 0 is any free one.</summary>
    public int Port { get; init; } = 5180;

    public bool Dashboard { get; init; } = true;

    public bool Help { get; init; }

    /// <summary>What is not ours: Aspire's own arguments, or a mistake.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    public static bool TryParse(IReadOnlyList<string> args, out AppHostOptions options, out string mistake)
    {
        options = new AppHostOptions();
        mistake = "";
        var left = new Queue<string>(args.SelectMany(SplitAssignment));
        while (mistake.Length == 0 && left.TryDequeue(out var arg))
        {
            options = arg switch
            {
                "--redis" => options with { Redis = RedisChoice.Parse(Value(left, arg, ref mistake), ref mistake) },
                "--data" => options with { DataDirectory = Value(left, arg, ref mistake) },
                "--port" => options with { Port = ParsePort(Value(left, arg, ref mistake), ref mistake) },
                "--fresh" => options with { Fresh = true },
                "--no-dashboard" => options with { Dashboard = false },
                "--help" or "-h" or "-?" => options with { Help = true },
                _ => options with { Others = [.. options.Others, arg] },
            };
        }

        if (mistake.Length == 0 && options.Fresh && options.Redis.Kind == RedisKind.External)
        {
            mistake = $"--fresh empties the data of a Redis that is started here; {options.Redis.Endpoint} is not: leave out --fresh or --redis.";
        }

        return mistake.Length == 0;
    }

    // Only our own options are split: what belongs to others is passed on as it came.
    private static IEnumerable<string> SplitAssignment(string arg) =>
        arg.StartsWith("--redis=", StringComparison.Ordinal) || arg.StartsWith("--data=", StringComparison.Ordinal) || arg.StartsWith("--port=", StringComparison.Ordinal)
            ? arg.Split('=', 2)
            : [arg];

    private static string Value(Queue<string> left, string option, ref string mistake)
    {
        if (left.TryPeek(out var value) && value.Length > 0 && !value.StartsWith("--", StringComparison.Ordinal))
        {
            return left.Dequeue();
        }

        mistake = $"{option} needs a value. The options are {List}.";
        return "";
    }

    private static int ParsePort(string value, ref string mistake)
    {
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535)
        {
            return port;
        }

        if (mistake.Length == 0)
        {
            mistake = $"--port {value} is not a port: give a number from 1 to 65535, or 0 for any free one.";
        }

        return 0;
    }
}
