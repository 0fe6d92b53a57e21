using System.Globalization;

namespace ChatModels.AppHost.Redis;

internal enum RedisKind
{
    /// <summary>The best there is: a container (with Aspire), redis-server or valkey-server, Garnet.</summary>
    Auto,
    Container,
    Local,
    Garnet,
    External,
}

/// <summary>Which Redis the system runs on; <see cref="Endpoint"/> is set for one that already runs.</summary>
internal sealed record RedisChoice(RedisKind Kind, string Endpoint = "")
{
    public static readonly RedisChoice Auto = new(RedisKind.Auto);

    public string Host => Endpoint[..Endpoint.LastIndexOf(':')];

    public int Port => int.Parse(Endpoint[(Endpoint.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);

    public static RedisChoice Parse(string text, ref string mistake)
    {
        switch (text)
        {
            case "container":
                return new RedisChoice(RedisKind.Container);
            case "local":
                return new RedisChoice(RedisKind.Local);
            case "garnet":
                return new RedisChoice(RedisKind.Garnet);
        }

        var colon = text.LastIndexOf(':');
        if (colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535)
        {
            return new RedisChoice(RedisKind.External, text);
        }

        if (mistake.Length == 0)
        {
            mistake = $"--redis {text} is none of container, local, garnet, HOST:PORT (as in localhost:6379).";
        }

        return Auto;
    }
}
