using System.Diagnostics;
using System.Text;
using ChatModels.Providers.Http.Plain;

namespace ChatModels.Providers.Http;

/// <summary>The headers of every request to one provider: its own and those configured, never the client's. Secrets are read anew each time.</summary>
/// <remarks>A configured <c>authorization</c> or <c>user-agent</c> stands in the place of the usual one.</remarks>
internal sealed class RequestHeaders
{
    private readonly (string Name, byte[] NameBytes, HeaderValue Value)[] _headers;
    private readonly bool _propagateTrace;

    /// <param name="options">Of the provider.</param>
    /// <param name="keyHeader">The header that carries the API key.</param>
    /// <param name="keyPrefix">What stands before the key in it.</param>
    /// <param name="own">The protocol's own headers; configured ones stand in their place.</param>
    public RequestHeaders(
        ProviderOptions options, string keyHeader = "Authorization", string keyPrefix = "Bearer ", params IEnumerable<(string Name, string Value)> own)
    {
        var headers = new Dictionary<string, HeaderValue>(StringComparer.OrdinalIgnoreCase)
        {
            // Some vendors' edges refuse requests that do not say who they are.
            ["User-Agent"] = new("ChatModels"),
            ["Accept-Encoding"] = new("identity"),
        };
        if (options.ApiKey is { } key)
        {
            headers[keyHeader] = new(options.Id, key, keyPrefix);
        }

        foreach (var (name, value) in own)
        {
            headers[name] = new(value);
        }

        foreach (var (name, source) in options.Headers)
        {
            headers[name] = source.Secret is { } secret ? new(options.Id, secret, "") : new(source.Literal ?? "");
        }

        _headers = [.. headers.Select(header => (header.Key, Encoding.ASCII.GetBytes(header.Key), header.Value))];
        _propagateTrace = options.PropagateTrace;
    }

    public void AddTo(HttpRequestMessage message)
    {
        foreach (var (name, _, value) in _headers)
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

    /// <summary>The same for a request that is written here, with the caller's headers in the place of the provider's own.</summary>
    public void WriteTo(ref HeadWriter head, UpstreamRequest request)
    {
        foreach (var (name, nameBytes, value) in _headers)
        {
            if (request.Headers.Count == 0 || !Replaces(request.Headers, name))
            {
                head.Header(nameBytes, value.Current());
            }
        }

        for (var i = 0; i < request.Headers.Count; i++)
        {
            head.Header(Encoding.ASCII.GetBytes(request.Headers[i].Key), request.Headers[i].Value);
        }

        if (request.Stream)
        {
            head.Write("Accept: text/event-stream\r\n"u8);
        }

        if (_propagateTrace && Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            head.TraceParent(activity);
            if (activity.TraceStateString is { Length: > 0 } state)
            {
                head.Header("tracestate"u8, state);
            }
        }
    }

    private static bool Replaces(IReadOnlyList<KeyValuePair<string, string>> headers, string name)
    {
        foreach (var (key, _) in headers)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
