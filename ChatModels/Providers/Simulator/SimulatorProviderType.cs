
namespace ChatModels.Providers.Simulator;

/// <summary>The type <c>simulator</c>: answers in OpenAI's wire format from within the process; no key, no network, no cost.</summary>
internal static class SimulatorProviderType
{
    private static readonly OptionSpec[] Behaviour =
    [
        new()
        {
            Name = "timeToFirstToken", Kind = OptionKind.Duration, Minimum = 0, Maximum = 600,
            Description = "How long the first token takes, as hh:mm:ss.fff; at once where absent.",
        },
        new()
        {
            Name = "tokensPerSecond", Kind = OptionKind.Number, Minimum = 0, Maximum = 1_000_000,
            Description = "How many tokens come in a second after the first; 0 or absent: all at once.",
        },
        new()
        {
            Name = "reply", Kind = OptionKind.Text, Allowed = ["echo", "lorem"],
            Description = "What it says: the last user message (echo, the default), or words made up from the request (lorem).",
        },
        new()
        {
            Name = "errorRate", Kind = OptionKind.Number, Minimum = 0, Maximum = 1,
            Description = "The share of requests that fail, from 0 (the default) to 1; which ones depends on their bytes and the seed.",
        },
        new()
        {
            Name = "errorStatus", Kind = OptionKind.WholeNumber, Minimum = 400, Maximum = 599,
            Description = "The HTTP status of those that fail; 500 where absent.",
        },
        new()
        {
            Name = "seed", Kind = OptionKind.WholeNumber,
            Description = "Makes ids, made-up words and failures other than with another seed; 0 where absent.",
        },
    ];

    public static ProviderMetadata Metadata { get; } = new()
    {
        Name = "simulator",
        Description = "Answers from within the process, at a chosen pace and with chosen failures: for development, tests and load.",
        Capabilities = [ModelCapabilities.Chat, ModelCapabilities.Streaming, ModelCapabilities.Tools],
        Endpoint = FieldUse.Refused,
        ApiKey = FieldUse.Refused,
        Options =
        [
            .. Behaviour,
            new()
            {
                Name = "models", Kind = OptionKind.Map, Entries = Behaviour,
                Description = "The same options by upstream model id, each in the place of the provider's own.",
            },
        ],
    };

    public static ValueTask<IChatProvider> CreateAsync(ProviderOptions options, ProviderServices services, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var usual = SimulatorBehaviour.Read(options.Values, new SimulatorBehaviour());
        var models = options.Values.ReadMap("models").ToDictionary(model => model.Key, model => SimulatorBehaviour.Read(model.Value, usual), StringComparer.Ordinal);
        return ValueTask.FromResult<IChatProvider>(new SimulatorProvider(usual, models, services.Time));
    }
}
