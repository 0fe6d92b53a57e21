using System.Text;
using ChatModels.Registry;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Wire;

namespace ChatModels.Tests.Registry;

/// <summary>Writes into a store what no writer of this version would: newer, damaged or foreign things.</summary>
internal static class StoreWriting
{
    public static StoredEntity Entity(EntityKind kind, string id, string json) => new(kind, id, Encoding.UTF8.GetBytes(json));

    public static StoredEntity Provider(string id, ProviderConfig config, EntityTag tag) => new(EntityKind.Provider, id, EntityCodec.Encode(tag, config));

    public static StoredEntity Model(string id, ModelConfig config, EntityTag tag) => new(EntityKind.Model, id, EntityCodec.Encode(tag, config));

    /// <summary>A write on top of a head whose log entry only proves where it belongs: readers must read whole.</summary>
    public static StoreCommit Opaque(RegistryHead? on, string stamp, params StoredEntity[] changes)
    {
        var next = on is null ? new RegistryHead("epoch", 1, stamp) : on with { Revision = on.Revision + 1, Stamp = stamp };
        return new StoreCommit(on, next, changes, LogCodec.Encode(new LogRecord
        {
            Version = EntityCodec.Version,
            Revision = next.Revision,
            Stamp = next.Stamp,
            Previous = on?.Stamp,
            Op = "test",
            Actor = "test",
            At = DateTimeOffset.UnixEpoch,
            IdsOnly = true,
            Changes = [.. changes.Select(c => new LogChange(c.Kind, c.Id, null, null))],
        }));
    }
}
