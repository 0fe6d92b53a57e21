using ChatModels.Providers;
using ChatModels.Registry.Validation;
using ChatModels.Secrets;

namespace ChatModels.Registry.Snapshots;

/// <summary>Turns a provider as configured into what its type creates it from: names of secrets become secrets.</summary>
internal sealed class ProviderOptionsFactory(SecretStore secrets)
{
    public ProviderOptions Create(string id, ProviderConfig config) => new()
    {
        Id = id,
        Endpoint = Uri.TryCreate(config.Endpoint, UriKind.Absolute, out var endpoint) ? endpoint : null,
        ApiKey = config.ApiKey is { } key && SecretNames.IsName(key.Secret) ? secrets.Get(key.Secret) : null,
        Headers = config.Headers.Where(h => IsWhole(h.Value)).ToDictionary(h => h.Key, h => Source(h.Value), StringComparer.Ordinal),
        PropagateTrace = config.PropagateTrace,
        Values = config.Options,
    };

    /// <summary>The names of the secrets that a provider needs and this process does not have now.</summary>
    public IReadOnlyList<string> MissingSecrets(ProviderConfig config)
    {
        List<string>? missing = null;
        Note(config.ApiKey?.Secret);
        foreach (var header in config.Headers.Values)
        {
            Note(header?.Secret);
        }

        return missing ?? [];

        void Note(string? name)
        {
            if (SecretNames.IsName(name) && string.IsNullOrEmpty(secrets.Get(name!).Value) && missing?.Contains(name!) is not true)
            {
                (missing ??= []).Add(name!);
            }
        }
    }

    private static bool IsWhole(HeaderSetting? setting) => setting is { Literal: not null } or { Secret: not null } && (setting.Secret is null || SecretNames.IsName(setting.Secret));

    private HeaderSource Source(HeaderSetting setting) => setting.Secret is { } name ? new HeaderSource(null, secrets.Get(name)) : new HeaderSource(setting.Literal, null);
}
