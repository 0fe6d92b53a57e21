using System.Text.Json;
using ChatModels.Registry.Stores;
using StackExchange.Redis;

namespace ChatModels.Registry.Probes;

/// <summary>The board in Redis.</summary>
internal sealed class RedisProbeBoard(RedisLink link, RedisConnections connections, RegistryKeys keys, StoreDeadlines deadlines, TimeProvider time) : IProbeBoard
{
    private readonly RedisLink _writes = new(connections.WritesAsync, time);

    public async Task<bool> TryHoldAsync(string owner, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var isFree = await link.AskAsync(
            "the prober's lease", deadlines.Head, database => database.StringSetAsync(keys.ProbeLease, owner, lifetime, When.NotExists, CommandFlags.DemandMaster), cancellationToken);
        return isFree || await WhileHeldAsync(owner, transaction => transaction.KeyExpireAsync(keys.ProbeLease, lifetime), cancellationToken);
    }

    public Task ReleaseAsync(string owner, CancellationToken cancellationToken) =>
        WhileHeldAsync(owner, transaction => transaction.KeyDeleteAsync(keys.ProbeLease), cancellationToken);

    public Task PublishAsync(IReadOnlyDictionary<string, ProbeRecord> results, TimeSpan lifetime, CancellationToken cancellationToken) => results.Count == 0
        ? Task.CompletedTask
        : link.AskTogetherAsync<bool>("the probes' results", deadlines.Head, transaction =>
        {
            var set = transaction.HashSetAsync(keys.Probes, [.. results.Select(r => new HashEntry(r.Key, JsonSerializer.SerializeToUtf8Bytes(r.Value, ProbeJson.Default.ProbeRecord)))]);
            var kept = transaction.KeyExpireAsync(keys.Probes, lifetime);
            return async () =>
            {
                await set;
                return await kept;
            };
        }, cancellationToken);

    public Task RemoveAsync(IReadOnlyCollection<string> providers, CancellationToken cancellationToken) => providers.Count == 0
        ? Task.CompletedTask
        : link.AskAsync(
            "the probes' results", deadlines.Head, database => database.HashDeleteAsync(keys.Probes, [.. providers.Select(p => (RedisValue)p)], CommandFlags.DemandMaster), cancellationToken);

    public async Task<IReadOnlyDictionary<string, ProbeRecord>> ReadAsync(CancellationToken cancellationToken)
    {
        var entries = await link.AskAsync("the probes' results", deadlines.Head, database => database.HashGetAllAsync(keys.Probes, CommandFlags.DemandMaster), cancellationToken);
        var results = new Dictionary<string, ProbeRecord>(entries.Length, StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (TryRead((ReadOnlyMemory<byte>)entry.Value) is { } result)
            {
                results[entry.Name.ToString()] = result;
            }
        }

        return results;
    }

    /// <summary>Does something to the lease on condition that it is the owner's. The condition goes over the connection for writes, for it holds its connection up; only a holder asks it.</summary>
    private async Task<bool> WhileHeldAsync(string owner, Func<ITransaction, Task> change, CancellationToken cancellationToken)
    {
        var holder = await link.AskAsync("the prober's lease", deadlines.Head, database => database.StringGetAsync(keys.ProbeLease, CommandFlags.DemandMaster), cancellationToken);
        if (holder != owner)
        {
            return false;
        }

        return await _writes.AskAsync("the prober's lease", deadlines.Commit, async database =>
        {
            var attempt = CommitAttempt.Start(database, Condition.StringEqual(keys.ProbeLease, owner), transaction => [change(transaction)], time);
            await attempt.Decided;
            return attempt.Verdict == CommitVerdict.Applied;
        }, cancellationToken);
    }

    private static ProbeRecord? TryRead(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, ProbeJson.Default.ProbeRecord);
        }
        catch (JsonException)
        {
            // Another version's; this one does without.
            return null;
        }
    }
}
