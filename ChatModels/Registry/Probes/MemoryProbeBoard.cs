using System.Collections.Concurrent;

namespace ChatModels.Registry.Probes;

/// <summary>The board of a single process, which is the whole fleet.</summary>
internal sealed class MemoryProbeBoard : IProbeBoard
{
    private readonly ConcurrentDictionary<string, ProbeRecord> _results = new(StringComparer.Ordinal);

    public Task<bool> TryHoldAsync(string owner, TimeSpan lifetime, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task ReleaseAsync(string owner, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task PublishAsync(IReadOnlyDictionary<string, ProbeRecord> results, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        foreach (var (provider, result) in results)
        {
            _results[provider] = result;
        }

        return Task.CompletedTask;
    }

    public Task RemoveAsync(IReadOnlyCollection<string> providers, CancellationToken cancellationToken)
    {
        foreach (var provider in providers)
        {
            _results.TryRemove(provider, out _);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<string, ProbeRecord>> ReadAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, ProbeRecord>>(new Dictionary<string, ProbeRecord>(_results, StringComparer.Ordinal));
}
