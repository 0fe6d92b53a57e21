using StackExchange.Redis;

namespace ChatModels.Registry.Stores;

/// <summary>Reads the registry, always from the primary, and always of one revision.</summary>
internal sealed class RedisReader(RedisLink link, RegistryKeys keys, StoreDeadlines deadlines)
{
    public Task<RegistryHead?> ReadHeadAsync(CancellationToken cancellationToken) =>
        link.AskAsync(
            "the registry's head",
            deadlines.Head,
            async database => ParseHead(await database.StringGetAsync(keys.Head, CommandFlags.DemandMaster)),
            cancellationToken);

    public Task<StoreImage?> ReadAllAsync(CancellationToken cancellationToken) =>
        link.AskTogetherAsync<StoreImage?>("the whole registry", deadlines.Read, transaction =>
        {
            var head = transaction.StringGetAsync(keys.Head);
            var providers = transaction.HashGetAllAsync(keys.Providers);
            var models = transaction.HashGetAllAsync(keys.Models);
            return async () => ParseHead(await head) is { } found ? new StoreImage(found, Entities(await providers, await models)) : null;
        }, cancellationToken);

    public Task<StoreLog?> ReadLogAsync(long revision, CancellationToken cancellationToken) =>
        link.AskTogetherAsync<StoreLog?>("the registry's log", deadlines.Read, transaction =>
        {
            var head = transaction.StringGetAsync(keys.Head);
            var entries = transaction.SortedSetRangeByScoreAsync(keys.Log, revision, double.PositiveInfinity, Exclude.Start);
            return async () => ParseHead(await head) is { } found
                ? new StoreLog(found, [.. (await entries).Select(e => LogMember.Parse(e, keys).Entry)])
                : null;
        }, cancellationToken);

    /// <summary>The head, and the stamps of the writes that the log has at a revision.</summary>
    public Task<WriteTrace> TraceAsync(long revision, TimeSpan within, CancellationToken cancellationToken) =>
        link.AskTogetherAsync<WriteTrace>("the fate of a write", within, transaction =>
        {
            var head = transaction.StringGetAsync(keys.Head);
            var entries = transaction.SortedSetRangeByScoreAsync(keys.Log, revision, revision);
            return async () => new WriteTrace(ParseHead(await head), [.. (await entries).Select(e => LogMember.Parse(e, keys).Stamp)]);
        }, cancellationToken);

    /// <summary>An unreadable head is no empty store: that would invite somebody to fill it.</summary>
    public RegistryHead? ParseHead(RedisValue text) => text switch
    {
        { IsNull: true } => null,
        _ when RegistryHead.TryParse(text, out var head) => head,
        _ => throw new StoreUnavailableException(
            $"The value of {keys.Head} is not a head (epoch:revision:stamp). Something else writes to this key; restore it, or delete it to start anew."),
    };

    private static StoredEntity[] Entities(HashEntry[] providers, HashEntry[] models)
    {
        var entities = new StoredEntity[providers.Length + models.Length];
        for (var i = 0; i < entities.Length; i++)
        {
            entities[i] = i < providers.Length ? Entity(EntityKind.Provider, providers[i]) : Entity(EntityKind.Model, models[i - providers.Length]);
        }

        return entities;
    }

    private static StoredEntity Entity(EntityKind kind, HashEntry entry) => new(kind, entry.Name.ToString(), (ReadOnlyMemory<byte>)entry.Value);
}

/// <summary>What the store shows of a write: the head, and whose entries the log has at the write's revision.</summary>
internal sealed record WriteTrace(RegistryHead? Head, IReadOnlyList<string> Stamps);
