using StackExchange.Redis;

namespace ChatModels.Registry.Stores;

/// <summary>Who is alive, by the server's clock.</summary>
internal sealed class RedisReplicas(RedisLink link, RegistryKeys keys, StoreDeadlines deadlines)
{
    public Task AnnounceAsync(string replicaId, ReadOnlyMemory<byte> announcement, TimeSpan lifetime, CancellationToken cancellationToken) =>
        link.AskTogetherAsync<bool>("an announcement", deadlines.Head, transaction =>
        {
            // Each time, because whoever saw the process dead has taken it off the list.
            var listed = transaction.SetAddAsync(keys.Replicas, replicaId);
            var said = transaction.StringSetAsync(keys.Replica(replicaId), announcement, lifetime);
            return async () => await listed | await said;
        }, cancellationToken);

    public Task WithdrawAsync(string replicaId, CancellationToken cancellationToken) =>
        link.AskTogetherAsync<bool>("a withdrawal", deadlines.Head, transaction =>
        {
            var unlisted = transaction.SetRemoveAsync(keys.Replicas, replicaId);
            var unsaid = transaction.KeyDeleteAsync(keys.Replica(replicaId));
            return async () => await unlisted | await unsaid;
        }, cancellationToken);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(CancellationToken cancellationToken) =>
        link.AskAsync("the announcements", deadlines.Head, ReadAsync, cancellationToken);

    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(IDatabase database)
    {
        var ids = await database.SetMembersAsync(keys.Replicas, CommandFlags.DemandMaster);
        if (ids is [])
        {
            return [];
        }

        var announcements = await database.StringGetAsync([.. ids.Select(id => keys.Replica(id.ToString()))], CommandFlags.DemandMaster);
        var dead = ids.Where((_, i) => announcements[i].IsNull).ToArray();
        if (dead is not [])
        {
            await database.SetRemoveAsync(keys.Replicas, dead, CommandFlags.DemandMaster);
        }

        return [.. announcements.Where(a => !a.IsNull).Select(a => (ReadOnlyMemory<byte>)a)];
    }
}
