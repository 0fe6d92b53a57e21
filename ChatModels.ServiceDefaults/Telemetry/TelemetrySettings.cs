using System.Globalization;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Trace;

namespace ChatModels.ServiceDefaults.Telemetry;

/// <summary>
/// What is recorded and where it goes: ChatModels:Telemetry, and OpenTelemetry's own variables, which win where both say something. A mistake in either never
/// keeps a service from running: it is told once, and something else counts.
/// </summary>
internal sealed record TelemetrySettings
{
    public const string Section = "ChatModels:Telemetry";

    public required TelemetryLevel Level { get; init; }

    /// <summary>Which requests get spans; null where none does.</summary>
    public required Sampler? Sampler { get; init; }

    /// <summary>Where telemetry is sent; null where it is not.</summary>
    public required Uri? Endpoint { get; init; }

    /// <summary>Whether metrics are there to be fetched at /metrics.</summary>
    public required bool Prometheus { get; init; }

    public required IReadOnlyList<TelemetryMistake> Mistakes { get; init; }

    /// <summary>What the SDK is to read: in place of a wrong value, with some of which it would not start, and where its own default is not ours.</summary>
    public required IReadOnlyList<KeyValuePair<string, string?>> SdkValues { get; init; }

    public bool Exports => Endpoint is not null && Level > TelemetryLevel.Off;

    public bool Records => Level > TelemetryLevel.Off && (Endpoint is not null || Prometheus);

    public static TelemetrySettings Read(IConfiguration configuration)
    {
        var mistakes = new List<TelemetryMistake>();
        var values = new List<KeyValuePair<string, string?>>();
        foreach (var variable in OtelVariables.All.Where(v => configuration[v.Name] is { } text && !string.IsNullOrWhiteSpace(text) && !v.Accepts(text)))
        {
            mistakes.Add(new TelemetryMistake(variable.Name, variable.Wanted, variable.Instead ?? (variable.Name == OtelVariables.Endpoint ? "no export" : "none")));
            values.Add(new(variable.Name, variable.Instead));
        }

        var corrected = new ConfigurationBuilder().AddConfiguration(configuration).AddInMemoryCollection(values).Build();
        var showsContent = bool.TryParse(corrected[OtelVariables.Content], out var shows) && shows;
        SetBatch(corrected, (OtelVariables.SpanBatch, showsContent ? OtelVariables.BatchSize : OtelVariables.SpanBatchSize), (OtelVariables.SpanQueue, OtelVariables.SpanQueueSize), mistakes, values);
        SetBatch(corrected, (OtelVariables.LogBatch, OtelVariables.BatchSize), (OtelVariables.LogQueue, OtelVariables.LogQueueSize), mistakes, values);

        var level = ReadLevel(corrected, mistakes);
        return new TelemetrySettings
        {
            Level = level,
            Sampler = level == TelemetryLevel.Off ? null : TelemetrySampler.Choose(corrected, level, mistakes),
            Endpoint = Uri.TryCreate(corrected[OtelVariables.Endpoint], UriKind.Absolute, out var endpoint) ? endpoint : null,
            Prometheus = ReadFlag(corrected, $"{Section}:Prometheus", mistakes),
            Mistakes = mistakes,
            SdkValues = values,
        };
    }

    private static TelemetryLevel ReadLevel(IConfiguration configuration, List<TelemetryMistake> mistakes)
    {
        if (string.Equals(configuration[OtelVariables.SdkDisabled]?.Trim(), "true", StringComparison.OrdinalIgnoreCase))
        {
            return TelemetryLevel.Off;
        }

        const string Key = $"{Section}:Level";
        var text = configuration[Key];
        if (string.IsNullOrWhiteSpace(text))
        {
            return TelemetryLevel.All;
        }

        // A number is no level, though Enum would take it for one.
        if (Enum.GetNames<TelemetryLevel>().FirstOrDefault(name => name.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase)) is { } known)
        {
            return Enum.Parse<TelemetryLevel>(known);
        }

        mistakes.Add(new TelemetryMistake(Key, "one of off, metrics, sampled, all", "all"));
        return TelemetryLevel.All;
    }

    private static bool ReadFlag(IConfiguration configuration, string key, List<TelemetryMistake> mistakes)
    {
        var text = configuration[key];
        if (!string.IsNullOrWhiteSpace(text) && !bool.TryParse(text, out _))
        {
            mistakes.Add(new TelemetryMistake(key, "true or false", "false"));
        }

        return bool.TryParse(text, out var flag) && flag;
    }

    // The SDK throws where a batch is larger than the queue that it is taken from.
    private static void SetBatch(
        IConfiguration configuration, (string Key, string Usual) batch, (string Key, string Usual) queue, List<TelemetryMistake> mistakes, List<KeyValuePair<string, string?>> values)
    {
        var isGiven = !string.IsNullOrWhiteSpace(configuration[batch.Key]);
        var wanted = Number(configuration, batch);
        var size = Math.Min(wanted, Number(configuration, queue));
        if (size == (isGiven ? wanted : int.Parse(OtelVariables.BatchSize, CultureInfo.InvariantCulture)))
        {
            return;
        }

        var instead = size.ToString(CultureInfo.InvariantCulture);
        values.Add(new(batch.Key, instead));
        if (isGiven)
        {
            mistakes.Add(new TelemetryMistake(batch.Key, $"at most {instead}, the size of the queue ({queue.Key})", instead));
        }
    }

    private static int Number(IConfiguration configuration, (string Key, string Usual) setting) =>
        int.Parse(configuration[setting.Key] is { } text && !string.IsNullOrWhiteSpace(text) ? text : setting.Usual, CultureInfo.InvariantCulture);
}
