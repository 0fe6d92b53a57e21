using System.Text.RegularExpressions;
using StackExchange.Redis;

namespace ChatModels.Registry.Stores;

/// <summary>Every key of a registry in Redis.</summary>
/// <remarks>
/// The tag in braces keeps an installation's registry in one slot of a cluster, and installations on one server apart. No key of the truth has a time
/// to live: eviction would take it.
/// </remarks>
internal sealed partial class RegistryKeys
{
    private readonly string _prefix;

    public RegistryKeys(string installation)
    {
        if (!InstallationName().IsMatch(installation))
        {
            throw new ArgumentException(
                $"The installation name '{installation}' can't be part of a Redis key; use 1 to 63 letters, digits, dots, underscores and hyphens.",
                nameof(installation));
        }

        _prefix = $"{{cm:{installation}}}:";
        Head = _prefix + "head";
        Providers = _prefix + "providers";
        Models = _prefix + "models";
        Log = _prefix + "log";
        LogSizes = _prefix + "log-sizes";
        Replicas = _prefix + "replicas";
        ProbeLease = _prefix + "probe-lease";
        Probes = _prefix + "probes";
        Changed = RedisChannel.Literal(_prefix + "changed");
    }

    // {cm:prod}:head           STRING  7f3c0e:42:q8Zt, that is epoch:revision:stamp. Written by every write's transaction and by nothing else, and the
    //                                  only key that a write is conditioned on. No head = an empty store, whatever else there is: the first write
    //                                  deletes what an older life left behind.
    public RedisKey Head { get; }

    // {cm:prod}:providers      HASH    openai-eu -> the provider, JSON (opaque here)
    public RedisKey Providers { get; }

    // {cm:prod}:models         HASH    gpt-4o -> the model, JSON (opaque here)
    public RedisKey Models { get; }

    // {cm:prod}:log            ZSET    score 42 (the revision), member q8Zt:{...}, that is the write's stamp, a colon, and the log entry (opaque here).
    //                                  The stamp makes members unique, and tells a writer whose answer was lost whether the write at its revision is
    //                                  its own. At most 1,000 entries and 16 MB.
    public RedisKey Log { get; }

    // {cm:prod}:log-sizes      ZSET    score 73912 (the bytes of all entries ever logged before this one), member 42:618, that is the revision and its
    //                                  entry's bytes. One member for each entry of the log. A sum that never shrinks: a look at both ends says whether
    //                                  a new entry pushes others out, and one more which.
    public RedisKey LogSizes { get; }

    // {cm:prod}:replicas       SET     ids of processes that have announced themselves, so that nothing has to scan. Those whose key is gone are removed
    //                                  by whoever sees it; one that was only late is back with its next announcement.
    public RedisKey Replicas { get; }

    // {cm:prod}:probe-lease    STRING  worker-1, the replica that probes providers for the whole fleet, with a time to live of two rounds. Taken by SET NX PX,
    //                                  renewed and given back only on condition that it is still the replica's own.
    public RedisKey ProbeLease { get; }

    // {cm:prod}:probes         HASH    openai-eu -> what the last probe of that provider found, JSON. No truth: the hash has a time to live, and nothing is
    //                                  lost with it but a round of probes.
    public RedisKey Probes { get; }

    // {cm:prod}:changed        CHANNEL 7f3c0e:42:q8Zt, the new head, published inside the write's transaction. A hint: it may be lost.
    public RedisChannel Changed { get; }

    // {cm:prod}:replica:api-1  STRING  what the process says of itself, JSON (opaque here), with a time to live
    public RedisKey Replica(string id) => _prefix + "replica:" + id;

    public RedisKey Of(EntityKind kind) => kind switch
    {
        EntityKind.Provider => Providers,
        EntityKind.Model => Models,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "The store has no collection of this kind."),
    };

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,63}\z")]
    private static partial Regex InstallationName();
}
