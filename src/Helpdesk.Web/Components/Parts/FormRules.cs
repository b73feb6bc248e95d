using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.Localization;

namespace Helpdesk.Web.Components.Parts;

/// <summary>
/// Checks a form's input type by its annotations, in the reader's language, on leaving a field and on sending. An
/// <c>ErrorMessage</c> is the key of a text in <see cref="Texts"/>; without one the part's own words are used.
/// </summary>
/// <remarks>Flat input types only. Goes inside an <c>EditForm</c> in the place of the framework's validator.</remarks>
public sealed class FormRules : ComponentBase, IDisposable
{
    private ValidationMessageStore? _messages;

    [CascadingParameter]
    public EditContext? Form { get; set; }

    /// <summary>The area's texts; <c>{0}</c> is the annotation's bound, where it has one.</summary>
    [Parameter, EditorRequired]
    public IStringLocalizer? Texts { get; set; }

    [Inject]
    internal IStringLocalizer<PartsTexts> Own { get; set; } = default!;

    /// <summary>Says what only the server could find out, at the field or, without one, at the top.</summary>
    public void Refuse(string field, string message)
    {
        _messages!.Add(Form!.Field(field), message);
        Form.NotifyValidationStateChanged();
    }

    protected override void OnInitialized()
    {
        if (Form is null)
            throw new InvalidOperationException($"{nameof(FormRules)} stands inside an {nameof(EditForm)}.");
        _messages = new(Form);
        Form.OnValidationRequested += CheckAll;
        Form.OnFieldChanged += CheckOne;
    }

    public void Dispose()
    {
        Form!.OnValidationRequested -= CheckAll;
        Form.OnFieldChanged -= CheckOne;
    }

    private void CheckAll(object? sender, ValidationRequestedEventArgs args)
    {
        _messages!.Clear();
        foreach (var property in Form!.Model.GetType().GetProperties().Where(property => property.CanRead))
            Check(Form.Field(property.Name));
        Form.NotifyValidationStateChanged();
    }

    private void CheckOne(object? sender, FieldChangedEventArgs args)
    {
        _messages!.Clear(args.FieldIdentifier);
        Check(args.FieldIdentifier);
        Form!.NotifyValidationStateChanged();
    }

    private void Check(FieldIdentifier field)
    {
        var property = field.Model.GetType().GetProperty(field.FieldName);
        if (property is null)
            return;
        var value = property.GetValue(field.Model);
        foreach (
            var rule in property
                .GetCustomAttributes(typeof(ValidationAttribute), inherit: true)
                .Cast<ValidationAttribute>()
        )
        {
            var context = new ValidationContext(field.Model) { MemberName = property.Name };
            if (rule.GetValidationResult(value, context) is not null)
            {
                _messages!.Add(field, Words(rule));
                return;
            }
        }
    }

    private string Words(ValidationAttribute rule)
    {
        var bound = rule switch
        {
            StringLengthAttribute length => length.MaximumLength,
            MaxLengthAttribute length => length.Length,
            RangeAttribute range => range.Maximum,
            _ => (object)"",
        };
        bound = Convert.ToString(bound, CultureInfo.CurrentCulture)!;
        // some annotations answer with the framework's own English sentence here
        if (rule.ErrorMessage is { } key && !key.Contains(' ', StringComparison.Ordinal))
            return Texts![key, bound];
        return rule switch
        {
            RequiredAttribute => Own["Rule.Required"],
            EmailAddressAttribute => Own["Rule.Email"],
            StringLengthAttribute or MaxLengthAttribute => Own["Rule.Length", bound],
            _ => Own["Rule.Other"],
        };
    }
}

/// <summary>What a form shows at its fields.</summary>
public static class FormProblems
{
    /// <summary>The first thing wrong with a field; null when nothing is.</summary>
    public static string? Problem(this EditContext form, string field) =>
        form.GetValidationMessages(form.Field(field)).FirstOrDefault();
}
