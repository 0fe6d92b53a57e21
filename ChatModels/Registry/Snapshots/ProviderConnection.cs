using System.Text.Json;

namespace ChatModels.Registry.Snapshots;

/// <summary>Tells whether two configurations are one connection, so that a change of a limit or a switch does not rebuild the adapter.</summary>
internal static class ProviderConnection
{
    public static bool Same(ProviderConfig one, ProviderConfig other) =>
        ReferenceEquals(one, other) || Bytes(one).AsSpan().SequenceEqual(Bytes(other));

    // What the chat path reads from the snapshot for each request is no part of the connection.
    private static byte[] Bytes(ProviderConfig config) => JsonSerializer.SerializeToUtf8Bytes(
        config with { Timeout = default, MaxConcurrency = null, UsageInStream = StreamUsage.Auto, Enabled = true }, RegistryJson.Default.ProviderConfig);
}
