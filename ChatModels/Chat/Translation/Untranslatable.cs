using ChatModels.Providers;
using ChatModels.Registry;

namespace ChatModels.Chat.Translation;

/// <summary>Collects what of a request can't be said in the provider's protocol, so that the caller learns all of it at once.</summary>
internal sealed class Untranslatable(Deployment deployment)
{
    private readonly bool _drops = deployment.Provider.Config.Options.ReadBoolean(TranslationOptions.DropUnsupported.Name) is true;
    private readonly List<string> _parameters = [];
    private readonly List<(string Field, string Why)> _mistakes = [];

    /// <summary>A parameter without a twin: refused, or left out where the provider's option says so.</summary>
    public void Unsupported(string parameter)
    {
        if (!_drops)
        {
            _parameters.Add(parameter);
        }
    }

    /// <summary>Content that can't be left out, because the answer would be one to another question.</summary>
    public void Refuse(string field, string why) => _mistakes.Add((field, why));

    public ChatFailure? Failure
    {
        get
        {
            List<string> sentences = [];
            if (_parameters is [_, ..])
            {
                sentences.Add(
                    $"{string.Join(", ", _parameters.Select(p => $"'{p}'"))} can't be said in the protocol of provider '{deployment.Provider.Id}', which serves the model; leave it out, choose another model, or have an operator set the provider's option dropUnsupported.");
            }

            sentences.AddRange(_mistakes.Select(mistake => $"'{mistake.Field}': {mistake.Why}"));
            return sentences is [] ? null : new ChatFailure(ErrorCodes.NotTranslatable, 400, string.Join(' ', sentences))
            {
                Param = _parameters is [var first, ..] ? first : _mistakes[0].Field,
                Provider = deployment.Provider.Id,
            };
        }
    }
}
