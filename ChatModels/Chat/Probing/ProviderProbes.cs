using ChatModels.Registry;
using ChatModels.Registry.Probes;
using ChatModels.Registry.Stores;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatModels.Chat.Probing;

/// <summary>Probes providers, one or all, takes note of the results and shares them.</summary>
internal sealed partial class ProviderProbes(ProviderProbe probe, ProbeTable table, IProbeBoard board, IOptions<ProbeOptions> options, ILogger<ProviderProbes> logger)
{
    /// <summary>Longer than any round: what nobody renews is of no use to anyone.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(2);

    /// <summary>Probes one provider that this process can use; null when it was replaced meanwhile.</summary>
    public async Task<ProbeRecord?> ProbeAsync(ProviderEntry provider, CancellationToken cancellationToken)
    {
        if (await probe.AskAsync(provider, cancellationToken) is not { } result)
        {
            return null;
        }

        table.Note(provider.Id, result);
        try
        {
            await board.PublishAsync(new Dictionary<string, ProbeRecord> { [provider.Id] = result }, Lifetime, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            LogNotShared(provider.Id);
        }

        return result;
    }

    /// <summary>Probes every provider that is switched on and usable here, a few at a time, and shares what came of it in time.</summary>
    public async Task RoundAsync(RegistrySnapshot snapshot, CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(
            snapshot.ProviderTable.Values.Where(p => p is { Slot: not null, Config.Enabled: true }),
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.Parallelism, CancellationToken = cancellationToken },
            async (provider, stop) => await ProbeAsync(provider, stop));
        var shared = await board.ReadAsync(cancellationToken);
        await board.RemoveAsync([.. shared.Keys.Where(id => !snapshot.ProviderTable.ContainsKey(id))], cancellationToken);
    }

    [LoggerMessage(3221, LogLevel.Information, "What a probe of provider {ProviderId} found could not be shared: the store can't be reached")]
    private partial void LogNotShared(string providerId);
}
