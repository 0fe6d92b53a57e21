using System.Diagnostics;

namespace ChatModels.Providers.OpenAI;

/// <summary>The headers of every request to one provider: its own and those configured, never the client's. Secrets are read anew each time.</summary>
/// <remarks>A configured <c>authorization</c> or <c>user-agent</c> stands in the place of the usual one.</remarks>
internal sealed class RequestHeaders
{
    private readonly (string Name, HeaderValue Value)[] _headers;
    private readonly bool _propagateTrace;

    public RequestHeaders(ProviderOptions options)
    {
        var headers = new Dictionary<string, HeaderValue>(StringComparer.OrdinalIgnoreCase)
        {
            // Some vendors' edges refuse requests that do not say who they are.
            ["User-Agent"] = new("ChatModels"),
            ["Accept-Encoding"] = new("identity"),
        };
        if (options.ApiKey is { } key)
        {
            headers["Authorization"] = new(options.Id, key, "Bearer ");
        }

        foreach (var (name, source) in options.Headers)
        {
            headers[name] = source.Secret is { } secret ? new(options.Id, secret, "") : new(source.Literal ?? "");
        }

        _headers = [.. headers.Select(header => (header.Key, header.Value))];
        _propagateTrace = options.PropagateTrace;
    }

    public void AddTo(HttpRequestMessage message)
    {
        foreach (var (name, value) in _headers)
        {
            message.Headers.TryAddWithoutValidation(name, value.Current());
        }

        if (_propagateTrace && Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } activity)
        {
            message.Headers.TryAddWithoutValidation("traceparent", id);
            if (activity.TraceStateString is { Length: > 0 } state)
            {
                message.Headers.TryAddWithoutValidation("tracestate", state);
            }
        }
    }
}
