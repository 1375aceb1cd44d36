//! What goes out: operations with canaries in every field, and what they are encoded to.

use std::fmt::Debug;
use std::task::Poll;

use cashlink_core::body::{
    Body, BoundarySeed, Extra, FileName, MediaType, Payload, PayloadRef, Sending, Want,
};
use cashlink_core::bytes::Bytes;
use cashlink_core::http::Method;
use cashlink_core::intent::{Account, Intent};
use cashlink_core::partner::{
    BankAccount, LegalPerson, NaturalPerson,
    distributor::{
        Communication, CreateInvestment, CreateInvestor, GetInvestment, GetInvestor, InvestorId,
        ListInvestments, ListInvestors, TaxInformation, UploadDocument,
    },
};
use cashlink_core::payments::{
    AllocatePublicId, AllocationSignature, BusinessAddress, CashlinkType, CreateCashlink, FreetextType,
    RegisterBusiness, SubscriptionPlan,
};
use cashlink_core::time::Date;
use cashlink_core::{Bearer, Effect, Money, Operation, Path, Query, Raw, Secret};

use crate::gallery::Gallery;
use crate::scene::{self, ENTROPY_CANARY, call, carried, key};
use crate::search::{SECRET, TOLD, told};

pub(crate) fn show_all(gallery: &mut Gallery) {
    investors(gallery);
    investments(gallery);
    payments(gallery);
    documents(gallery);
    pieces(gallery);
    intents(gallery);
}

/// What a journal keeps: all of the request, and nothing of the credential.
fn intents(gallery: &mut Gallery) {
    let create = CreateInvestor::natural_person(key(), person(), true);
    let intent =
        Intent::new(&scene::partner(), &Account::new("distributor").unwrap(), &call(&create)).unwrap();
    let stored = String::from_utf8_lossy(&intent.encode()).into_owned();
    assert!(stored.contains(TOLD) && !stored.contains(SECRET));
    let behind_its_end = [&*intent.encode(), told("rest").as_bytes()].concat();
    show!(gallery, Intent::decode(&behind_its_end).unwrap_err());
    show!(gallery, intent.fingerprint());
    show!(gallery, intent);
}

pub(crate) fn person() -> NaturalPerson {
    NaturalPerson::new()
        .salutation(told("salutation"))
        .forename(told("forename"))
        .surname(told("surname"))
        .birth_place(told("birth place"))
        .citizenship(told("citizenship"))
        .street(told("street"))
        .city(told("city"))
        .zip(told("zip"))
        .country(told("country"))
        .phone(told("phone"))
}

pub(crate) fn account() -> BankAccount {
    BankAccount::new()
        .account_holder(told("holder"))
        .iban(told("iban"))
        .bic(told("bic"))
        .bank(told("bank"))
        .country(told("country"))
        .currency(told("currency"))
}

pub(crate) fn company() -> LegalPerson {
    LegalPerson::new()
        .company_name(told("name"))
        .commercial_register(told("register"))
        .commercial_register_number(told("number"))
        .street(told("street"))
        .zip(told("zip"))
        .city(told("city"))
        .country(told("country"))
        .phone(told("phone"))
}

/// The operation, and the call that it is encoded to, which carries so many canaries.
pub(crate) fn operation<O: Operation + Debug>(gallery: &mut Gallery, operation: &O, canaries: usize) {
    let call = call(operation);
    assert_eq!(carried(call.body()), canaries, "the canaries that {} carries", O::NAME);
    show!(gallery, *operation);
    show!(gallery, call);
    show!(gallery, call.body().clone());
    show!(gallery, call.erased());
}

fn investors(gallery: &mut Gallery) {
    let create =
        call(&CreateInvestor::natural_person(key(), person(), true)).header("x-note", &told("note")).unwrap();
    show!(gallery, create.curl(&scene::partner()));
    let tax = TaxInformation::new().tax_identification_number(told("tax number"));
    let communication = Communication::new().email(told("email"));
    show!(gallery, person());
    show!(gallery, account());
    show!(gallery, company());
    show!(gallery, tax);
    show!(gallery, communication);
    let create = CreateInvestor::natural_person(key(), person(), true)
        .tax_information(tax)
        .bank_account(account())
        .communication(communication)
        .extra(told("field"), [told("value")]);
    operation(gallery, &create, 10 + 6 + 1 + 1 + 2);
    operation(gallery, &CreateInvestor::legal_person(key(), company(), true), 8);
    let id: InvestorId = "3fa85f64-5717-4562-b3fc-2c963f66afa6".parse().unwrap();
    operation(gallery, &GetInvestor::new(id), 0);
    operation(gallery, &ListInvestors::new(), 0);

    // A day of birth and a yes or no can't hold a canary: whatever they are, the forms must be the same.
    let date = |day| Date::new(1985, 12, day).unwrap();
    same(&person().birth_date(date(10)), &person().birth_date(date(11)));
    same(&person().is_pep(true), &person().is_pep(false));
    same(&person().is_subject_to_us_tax(true), &person().is_subject_to_us_tax(false));
    let certificate = |is_there| TaxInformation::new().non_assessment_certificate(is_there);
    same(&certificate(true), &certificate(false));
    let confirmed = |is_confirmed| Communication::new().email_confirmed(is_confirmed);
    same(&confirmed(true), &confirmed(false));
    let create = |is_beneficiary| CreateInvestor::natural_person(key(), person(), is_beneficiary);
    same(&create(true), &create(false));
    same(&create(true).pep_status(true), &create(true).pep_status(false));
}

/// Both are shown in the same words.
fn same<T: Debug>(one: &T, other: &T) {
    assert_eq!(format!("{one:?} {one:#?}"), format!("{other:?} {other:#?}"));
}

fn investments(gallery: &mut Gallery) {
    let id = || "3fa85f64-5717-4562-b3fc-2c963f66afa6".parse().unwrap();
    let moment = "2020-12-11T14:59:46.716Z".parse().unwrap();
    let create = CreateInvestment::signed(
        key(),
        id(),
        "9b2f1c1e-0000-4000-8000-000000000001".parse().unwrap(),
        40,
        moment,
    )
    .extra(told("field"), told("value"));
    operation(gallery, &create, 2);
    operation(gallery, &GetInvestment::new("i-1".parse().unwrap()), 0);
    operation(gallery, &ListInvestments::new(), 0);
}

fn payments(gallery: &mut Gallery) {
    let plan = SubscriptionPlan::from(&*told("plan"));
    let form = FreetextType::from(&*told("form"));
    assert!(plan.as_str().contains(TOLD) && form.as_str().contains(TOLD));
    show!(gallery, plan);
    show!(gallery, form);
    let kind = CashlinkType::Subscription(plan);
    show!(gallery, kind);
    let amount: Money = "EUR 12.34".parse().unwrap();
    let signature = format!("id:{}", crate::search::secret("signature"));
    let signature = AllocationSignature::new(Secret::new(signature)).unwrap();
    show!(gallery, signature);
    let create = CreateCashlink::v2018_01_15(kind, amount, told("subject"))
        .freetext_field_type(form)
        .freetext_field_label(told("label"))
        .freetext_field_required(true)
        .under_allocated_id(&signature)
        .extra(told("field"), told("value"));
    operation(gallery, &create, 7);
    operation(gallery, &AllocatePublicId::new(), 0);
    let address = BusinessAddress::new()
        .street(told("street"))
        .street_number(told("number"))
        .zipcode(told("zip"))
        .city(told("city"));
    show!(gallery, address);
    let register = RegisterBusiness::company(told("email"), told("name"))
        .password(crate::search::secret("password"))
        .owner_first_name(told("first"))
        .owner_last_name(told("last"))
        .owner_street(told("street"))
        .owner_street_number(told("number"))
        .owner_zipcode(told("zip"))
        .owner_city(told("city"))
        .owner_birthday("1985-12-10".parse::<Date>().unwrap())
        .payout_account(told("iban"))
        .business_tax_id(told("tax"))
        .business_phone_number(told("phone"))
        .address(address)
        .webhook_url(told("url"))
        .extra(told("field"), told("value"));
    operation(gallery, &register, 19);
}

fn documents(gallery: &mut Gallery) {
    let name = FileName::new(told("name")).unwrap();
    let seed = BoundarySeed::new(ENTROPY_CANARY);
    show!(gallery, name);
    show!(gallery, seed);
    let payload = Payload::from(Bytes::from(told("payload")));
    show!(gallery, payload);
    show!(gallery, Payload::from(PayloadRef::new(7)));
    let upload = UploadDocument::new(key(), seed, name, MediaType::PDF, payload);
    operation(gallery, &upload, 2);
    let call = call(&upload);
    let mut cursor = call.body().cursor();
    show!(gallery, cursor);
    while let Ok(want @ Want::Emit(_)) = cursor.want() {
        show!(gallery, want);
        show!(gallery, cursor);
    }
    let (mut sending, mut into) = (Sending::new(call.body(), 1, None), [0; 7]);
    while sending.left() > 0 {
        assert!(sending.poll_read(&mut into, |_| Poll::Pending).is_ready());
        show!(gallery, sending);
        show!(gallery, sending.trace());
    }
    assert!(!String::from_utf8_lossy(&scene::bytes(call.body())).contains(SECRET), "the seed is not sent");
}

fn pieces(gallery: &mut Gallery) {
    let mut path = Path::new();
    path.literal("v2/").segment(&told("segment")).literal("/");
    assert!(path.clone().finish().unwrap().contains(TOLD));
    show!(gallery, path);
    let mut query = Query::new();
    query.pair(&told("name"), &told("value"));
    assert!(query.as_str().contains(TOLD));
    show!(gallery, query);
    let mut extra = Extra::default();
    extra.set(told("name"), told("value"));
    show!(gallery, extra);
    show!(gallery, Body::new(&MediaType::JSON, told("body")));

    let raw = Raw::<Bearer>::new(Method::POST, &format!("v2/{}/", told("path")), Effect::Once)
        .query(&told("name"), &told("value"))
        .json(&told("json"));
    operation(gallery, &raw, 1);
    let call = call(&raw).header("x-trace", &told("header")).unwrap().at_path(&told("path")).unwrap();
    show!(gallery, call);
}
