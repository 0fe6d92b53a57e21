using ChatModels.Secrets;

namespace ChatModels.Providers.Http;

/// <summary>One header's value: fixed, or made from a secret and made again only when that secret has changed.</summary>
internal sealed class HeaderValue
{
    private readonly string _provider = "";
    private readonly string _prefix = "";
    private readonly Secret? _secret;
    private volatile Made _made;

    public HeaderValue(string literal) => _made = new Made(literal, literal);

    public HeaderValue(string provider, Secret secret, string prefix)
    {
        _provider = provider;
        _secret = secret;
        _prefix = prefix;
        _made = new Made("", "");
    }

    /// <summary>The value to send now. While the secret has none that can be sent, an error that names the secret.</summary>
    public string Current()
    {
        var made = _made;
        if (_secret is null)
        {
            return made.Header;
        }

        var value = _secret.Value ?? throw Unusable(_secret, "has no value in this process; set it in configuration under Secrets:, or as a file in a secrets directory");
        if (!ReferenceEquals(made.Source, value))
        {
            made = new Made(value, ProviderHeaders.IsValue(value)
                ? _prefix + value
                : throw Unusable(_secret, "holds characters that a header can't carry (a line end, or letters beyond ASCII); set it again"));
            _made = made;
        }

        return made.Header;
    }

    private ChatModelsException Unusable(Secret secret, string why) => new(
        "providers.send", ErrorCodes.ModelUnavailableHere, ErrorCategory.Configuration, $"Provider '{_provider}' can't be used: {secret} {why}.")
    { Provider = _provider };

    // A class, not a record: it must not print what it holds.
    private sealed class Made(string source, string header)
    {
        public string Source { get; } = source;

        public string Header { get; } = header;
    }
}
