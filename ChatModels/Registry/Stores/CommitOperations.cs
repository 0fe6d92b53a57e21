using StackExchange.Redis;

namespace ChatModels.Registry.Stores;

/// <summary>What a commit's transaction consists of.</summary>
internal static class CommitOperations
{
    public static Task[] Queue(ITransaction transaction, StoreCommit commit, LogEnds ends, long? pushedOut, RegistryKeys keys)
    {
        var head = commit.Next.ToString();
        return
        [
            .. commit.Expected is null ? Clear(transaction, keys) : [],
            .. Entities(transaction, commit, keys),
            .. Trim(transaction, ends.KeepFrom(commit.LogEntry.Length), pushedOut, keys),
            .. Log(transaction, commit, commit.Expected is null ? 0 : ends.Next, keys),
            transaction.StringSetAsync(keys.Head, head),
            transaction.PublishAsync(keys.Changed, head),
        ];
    }

    // Without a head the store is empty, but somebody may have deleted the head alone: what is left of that life must not appear in the new one.
    private static Task[] Clear(ITransaction transaction, RegistryKeys keys) =>
        [transaction.KeyDeleteAsync([keys.Providers, keys.Models, keys.Log, keys.LogSizes])];

    private static IEnumerable<Task> Entities(ITransaction transaction, StoreCommit commit, RegistryKeys keys)
    {
        foreach (var kind in commit.Changes.GroupBy(change => change.Kind))
        {
            var last = kind.GroupBy(change => change.Id, StringComparer.Ordinal).Select(changes => changes.Last()).ToLookup(change => change.Json is null);
            if (last[true].Any())
            {
                yield return transaction.HashDeleteAsync(keys.Of(kind.Key), [.. last[true].Select(change => (RedisValue)change.Id)]);
            }

            if (last[false].Any())
            {
                yield return transaction.HashSetAsync(keys.Of(kind.Key), [.. last[false].Select(change => new HashEntry(change.Id, change.Json!.Value))]);
            }
        }
    }

    private static IEnumerable<Task> Trim(ITransaction transaction, long keepFrom, long? pushedOut, RegistryKeys keys)
    {
        if (pushedOut is { } revision)
        {
            yield return transaction.SortedSetRemoveRangeByScoreAsync(keys.Log, double.NegativeInfinity, revision);
            yield return transaction.SortedSetRemoveRangeByScoreAsync(keys.LogSizes, double.NegativeInfinity, keepFrom - 1);
        }
    }

    private static IEnumerable<Task> Log(ITransaction transaction, StoreCommit commit, long start, RegistryKeys keys)
    {
        yield return transaction.SortedSetAddAsync(keys.Log, new LogMember(commit.Next.Stamp, commit.LogEntry).ToRedisValue(), commit.Next.Revision);
        yield return transaction.SortedSetAddAsync(keys.LogSizes, LogEnds.Member(commit.Next.Revision, commit.LogEntry.Length), start);
        yield return transaction.SortedSetRemoveRangeByRankAsync(keys.Log, 0, -LogBound.MaxEntries - 1);
        yield return transaction.SortedSetRemoveRangeByRankAsync(keys.LogSizes, 0, -LogBound.MaxEntries - 1);
    }
}
