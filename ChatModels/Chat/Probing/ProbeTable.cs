using System.Collections.Concurrent;
using ChatModels.Chat.Health;
using ChatModels.Registry;
using ChatModels.Registry.Probes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatModels.Chat.Probing;

/// <summary>The newest result of a probe of each provider that this process knows of, its own or another's. Requests never look here: what matters to them is in <see cref="DeploymentTable"/>.</summary>
internal sealed partial class ProbeTable(DeploymentTable deployments, IOptions<ProbeOptions> options, TimeProvider time, ILogger<ProbeTable> logger)
{
    private const int RoundsBelieved = 3;

    private readonly ConcurrentDictionary<string, ProbeRecord> _results = new(StringComparer.Ordinal);

    public ProbeRecord? Find(string providerId) => _results.GetValueOrDefault(providerId);

    /// <summary>How long ago it was asked; clocks of two machines may differ a little.</summary>
    public TimeSpan AgeOf(ProbeRecord result) => TimeSpan.Zero.OrLonger(time.GetUtcNow() - result.At);

    /// <summary>Takes note of a result, unless a newer one is known.</summary>
    public void Note(string providerId, ProbeRecord result)
    {
        var before = Find(providerId);
        if (_results.AddOrUpdate(providerId, result, (_, known) => result.At > known.At ? result : known) == result && result != before)
        {
            Tell(providerId, before?.Verdict ?? ProbeVerdict.Up, result);
            deployments.Probed(providerId, result.At, isUp: result.Verdict != ProbeVerdict.Down, isDown: result.Verdict == ProbeVerdict.Down, (options.Value.Interval * RoundsBelieved) - AgeOf(result));
        }
    }

    /// <summary>Forgets providers that are no more.</summary>
    public void Follow(ModelRegistry registry)
    {
        // What the registry has is looked up after what is known, not before: else what has just come would be taken for what is gone.
        foreach (var (id, _) in _results)
        {
            if (!registry.Current.ProviderTable.ContainsKey(id))
            {
                _results.TryRemove(id, out _);
            }
        }
    }

    private void Tell(string providerId, ProbeVerdict before, ProbeRecord result)
    {
        if (result.Verdict == ProbeVerdict.Down && before != ProbeVerdict.Down)
        {
            LogDown(providerId, result.Reason);
        }
        else if (result.Verdict != ProbeVerdict.Down && before == ProbeVerdict.Down)
        {
            LogUp(providerId);
        }
    }

    [LoggerMessage(3201, LogLevel.Warning, "Provider {ProviderId} is down, says a probe; requests go elsewhere where they can: {Reason}")]
    private partial void LogDown(string providerId, string? reason);

    [LoggerMessage(3202, LogLevel.Information, "Provider {ProviderId} is up again, says a probe")]
    private partial void LogUp(string providerId);
}
