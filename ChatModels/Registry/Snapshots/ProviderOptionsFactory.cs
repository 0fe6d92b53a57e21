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
        ApiKey = config.ApiKey is { } key ? Find(key.Secret) : null,
        Headers = config.Headers.Where(h => h.Value is not null).ToDictionary(h => h.Key, h => Source(h.Value), StringComparer.Ordinal),
        PropagateTrace = config.PropagateTrace,
        Values = config.Options,
    };

    // A name that is no name is the validator's to refuse; here it is a secret that nobody has.
    private Secret Find(string? name) => SecretWords.IsName(name) ? secrets.Get(name!) : new Secret("(no name)", null);

    private HeaderSource Source(HeaderSetting setting) =>
        setting.Literal is { } literal ? new HeaderSource(literal, null) : new HeaderSource(null, Find(setting.Secret));
}
